package dev.triptych.text.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** OpenAI's {@code chat.completion} object, and its chunks. */
record ChatReply(
        String id,
        String object,
        long created,
        String model,
        List<? extends Object> choices,
        @Nullable Usage usage) {

    /** An answer's message. */
    record Choice(
            int index,
            Message message,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String finishReason,

            @Nullable List<Integer> tokenIds) {}

    record Message(String role, String content) {}

    /** A piece of an answer's message. */
    record Piece(
            int index,
            Delta delta,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String finishReason,

            @Nullable List<Integer> tokenIds) {}

    /** @param role only in an answer's first piece */
    record Delta(@Nullable String role, String content) {}

    /** Text completions as answers in a conversation. */
    static final class Shape implements ReplyShape {

        private static final String ASSISTANT = "assistant";

        private final BitSet begun = new BitSet();

        @Override
        public Object whole(CompletionReply reply) {
            return of(
                    reply,
                    "chat.completion",
                    choice -> new Choice(
                            choice.index(),
                            new Message(ASSISTANT, choice.text()),
                            choice.finishReason(),
                            choice.tokenIds()));
        }

        @Override
        public Object chunk(CompletionReply reply) {
            return of(reply, "chat.completion.chunk", this::piece);
        }

        private Piece piece(CompletionReply.Choice choice) {
            String role = begun.get(choice.index()) ? null : ASSISTANT;
            begun.set(choice.index());
            return new Piece(choice.index(), new Delta(role, choice.text()), choice.finishReason(), choice.tokenIds());
        }

        private static ChatReply of(
                CompletionReply reply, String object, Function<CompletionReply.Choice, Object> choice) {
            return new ChatReply(
                    "chat" + reply.id(),
                    object,
                    reply.created(),
                    reply.model(),
                    reply.choices().stream().map(choice).toList(),
                    reply.usage());
        }
    }
}
