package dev.triptych.text.translation;

import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.TokenRules;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Texts to translate in one direction.
 *
 * @param id unique among the requests in flight
 * @param model the model that must be used; empty: the one that serves the pair
 * @param pair the direction
 * @param texts each of any length
 * @param options how
 */
public record TranslationRequest(
        String id, Optional<String> model, LanguagePair pair, List<String> texts, Options options) {

    public TranslationRequest {
        texts = List.copyOf(texts);
    }

    /**
     * How to translate.
     *
     * @param strategy how tokens are chosen
     * @param maxNewTokens bound for each sentence; empty: the model's own
     * @param rules what is asked of the logits before that
     * @param topLogProbs as in {@link dev.triptych.text.generation.GenerationParameters}
     * @param priority who goes first
     * @param deadline when an answer is no longer of use
     * @param format what the texts are written in
     * @param retry whether a sentence that a guard complains about is translated again in other ways
     */
    public record Options(
            Strategy strategy,
            OptionalInt maxNewTokens,
            TokenRules rules,
            OptionalInt topLogProbs,
            Priority priority,
            Optional<Instant> deadline,
            TextFormat format,
            boolean retry) {

        /** Plain text, without rules and log-probs. */
        public Options(Strategy strategy, OptionalInt maxNewTokens, Priority priority, Optional<Instant> deadline) {
            this(
                    strategy,
                    maxNewTokens,
                    TokenRules.NONE,
                    OptionalInt.empty(),
                    priority,
                    deadline,
                    TextFormat.TEXT,
                    true);
        }

        /** The same for texts in another format. */
        public Options withFormat(TextFormat other) {
            return new Options(strategy, maxNewTokens, rules, topLogProbs, priority, deadline, other, retry);
        }
    }
}
