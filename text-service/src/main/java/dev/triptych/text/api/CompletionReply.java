package dev.triptych.text.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
     * @param logprobs null where none were asked for
     * @param finishReason {@code stop} or {@code length}; null while a stream goes on
     */
    record Choice(
            String text,
            int index,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            Logprobs logprobs,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String finishReason,

            @Nullable List<Integer> tokenIds) {

        /** The same behind another text. */
        Choice after(String before) {
            return new Choice(before + text, index, logprobs, finishReason, tokenIds);
        }
    }

    /**
     * One element for each token.
     *
     * @param tokens their texts, which joined are the choice's
     * @param tokenLogprobs under the model, before any rule; null for the first token of an echoed prompt
     * @param topLogprobs of the likeliest tokens in its place; null where none were asked for
     * @param textOffset where a token's text begins in the choice's
     */
    record Logprobs(
            List<String> tokens,
            List<@Nullable Double> tokenLogprobs,
            List<@Nullable Map<String, Double>> topLogprobs,
            List<Integer> textOffset) {

        /** To be filled. */
        static Logprobs none() {
            return new Logprobs(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    /** What all chunks of an answer share. */
    record Head(String id, long created, String model) {

        CompletionReply with(List<Choice> choices, @Nullable Usage usage) {
            return new CompletionReply(id, "text_completion", created, model, choices, usage);
        }
    }
}
