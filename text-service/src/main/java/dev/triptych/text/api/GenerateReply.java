package dev.triptych.text.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of {@code generate}, or one event of {@code generate_stream}.
 *
 * @param textOutput all of the text; of an event what has come since the one before
 * @param details where they were asked for
 */
record GenerateReply(
        String modelName,
        @Nullable String id,
        String textOutput,
        @Nullable Details details) {

    /**
     * @param finishReason {@code eos_token} or {@code length}, the protocol's words; null while a stream goes on
     * @param logprobs one for each token
     */
    record Details(
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String finishReason,

            List<Token> logprobs) {}

    /** @param logprob under the model */
    record Token(int id, String text, double logprob) {}

    /** Writes completions so. */
    record Shape(@Nullable String id, boolean withDetails) implements ReplyShape {

        @Override
        public Object whole(CompletionReply reply) {
            return written(reply);
        }

        @Override
        public Object chunk(CompletionReply reply) {
            return written(reply);
        }

        @Override
        public boolean saysDone() {
            return false;
        }

        private GenerateReply written(CompletionReply reply) {
            CompletionReply.Choice choice = reply.choices().getFirst();
            return new GenerateReply(reply.model(), id, choice.text(), withDetails ? details(choice) : null);
        }

        private static Details details(CompletionReply.Choice choice) {
            String reason = choice.finishReason();
            return new Details("stop".equals(reason) ? "eos_token" : reason, tokens(choice));
        }

        private static List<Token> tokens(CompletionReply.Choice choice) {
            CompletionReply.Logprobs logprobs = choice.logprobs();
            List<Integer> ids = choice.tokenIds();
            if (logprobs == null || ids == null) {
                return List.of();
            }
            List<Token> tokens = new ArrayList<>(ids.size());
            for (int i = 0; i < ids.size(); i++) {
                tokens.add(new Token(
                        ids.get(i),
                        logprobs.tokens().get(i),
                        logprobs.tokenLogprobs().get(i)));
            }
            return tokens;
        }
    }
}
