package dev.triptych.text.translation;

import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.TokenRules;
import dev.triptych.text.translation.protection.Glossary;
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

    /** The same with another strategy. */
    TranslationRequest with(Strategy strategy) {
        return new TranslationRequest(id, model, pair, texts, options.withStrategy(strategy));
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
     * @param treatment what the texts are and what is wanted of them
     */
    public record Options(
            Strategy strategy,
            OptionalInt maxNewTokens,
            TokenRules rules,
            OptionalInt topLogProbs,
            Priority priority,
            Optional<Instant> deadline,
            Treatment treatment) {

        /** Plain text, without rules and log-probs. */
        public Options(Strategy strategy, OptionalInt maxNewTokens, Priority priority, Optional<Instant> deadline) {
            this(strategy, maxNewTokens, TokenRules.NONE, OptionalInt.empty(), priority, deadline, Treatment.PLAIN);
        }

        /** The same with another strategy. */
        public Options withStrategy(Strategy other) {
            return new Options(other, maxNewTokens, rules, topLogProbs, priority, deadline, treatment);
        }

        /** The same with another treatment. */
        public Options with(Treatment other) {
            return new Options(strategy, maxNewTokens, rules, topLogProbs, priority, deadline, other);
        }
    }

    /**
     * What texts are and what is wanted of them beside words in another language.
     *
     * @param format what they are written in
     * @param glossary wanted translations of terms
     * @param retry whether a sentence that a guard complains about is translated again in other ways
     */
    public record Treatment(TextFormat format, Glossary glossary, boolean retry) {

        /** Of plain texts. */
        public static final Treatment PLAIN = new Treatment(TextFormat.TEXT, Glossary.NONE, true);

        /** Of texts of that format. */
        public static Treatment of(TextFormat format) {
            return new Treatment(format, Glossary.NONE, true);
        }
    }
}
