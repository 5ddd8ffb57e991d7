package dev.triptych.text.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's {@code text_completion} object: the whole answer, or one chunk of a stream.
 *
 * @param usage absent from chunks; the last chunk has it where the client asked
 */
record CompletionReply(
        String id,
        String object,
        long created,
        String model,
        List<Choice> choices,
        @Nullable Usage usage) {

    /**
     * @param logprobs always null: none were asked for
     * @param finishReason {@code stop} or {@code length}; null while a stream goes on
     */
    record Choice(
            String text,
            int index,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            Object logprobs,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String finishReason,

            @Nullable List<Integer> tokenIds) {}

    /** What all chunks of an answer share. */
    record Head(String id, long created, String model) {

        CompletionReply with(List<Choice> choices, @Nullable Usage usage) {
            return new CompletionReply(id, "text_completion", created, model, choices, usage);
        }
    }
}
