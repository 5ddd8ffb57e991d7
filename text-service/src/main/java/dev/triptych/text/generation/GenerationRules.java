package dev.triptych.text.generation;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a model's own {@code generation_config.json} says about every sequence it generates, with the meaning of Hugging
 * Face's {@code generate()}.
 *
 * @param decoderStart the decoder's first input, which is never reported; none where the output continues the prompt
 * @param eosTokenIds tokens that end a sequence; never empty
 * @param padTokenId fills the input beside a shorter row
 * @param forcedBosTokenId the only token allowed first, where there is one
 * @param forcedEosTokenId the only token allowed last, when {@code maxNewTokens} is reached, where there is one
 * @param badWordsIds sequences that must not be generated; never an end-of-sequence token alone
 * @param suppressTokens tokens that are never generated
 * @param beginSuppressTokens tokens that are not generated first
 * @param defaults numbers that hold where a request names none
 */
public record GenerationRules(
        OptionalInt decoderStart,
        List<Integer> eosTokenIds,
        int padTokenId,
        OptionalInt forcedBosTokenId,
        OptionalInt forcedEosTokenId,
        List<List<Integer>> badWordsIds,
        List<Integer> suppressTokens,
        List<Integer> beginSuppressTokens,
        Defaults defaults) {

    /**
     * Numbers that hold where a request names none; each as in {@link TokenRules} and {@link Strategy.Beam}.
     *
     * @param repetitionPenalty 1 is neutral
     * @param noRepeatNgramSize 0 is neutral
     * @param minLength 0 is neutral
     * @param minNewTokens 0 is neutral
     * @param lengthPenalty of beams
     * @param earlyStopping of beams
     */
    public record Defaults(
            double repetitionPenalty,
            int noRepeatNgramSize,
            int minLength,
            int minNewTokens,
            double lengthPenalty,
            Strategy.EarlyStopping earlyStopping) {

        /** Hugging Face's own. */
        public static final Defaults NONE = new Defaults(1, 0, 0, 0, 1, Strategy.EarlyStopping.FALSE);
    }

    public GenerationRules {
        eosTokenIds = List.copyOf(eosTokenIds);
        badWordsIds = badWordsIds.stream().map(List::copyOf).toList();
        suppressTokens = List.copyOf(suppressTokens);
        beginSuppressTokens = List.copyOf(beginSuppressTokens);
        if (eosTokenIds.isEmpty()) {
            throw new IllegalArgumentException("a model needs at least one end-of-sequence token");
        }
    }

    /** Rules without numbers of their own. */
    public GenerationRules(
            OptionalInt decoderStart,
            List<Integer> eosTokenIds,
            int padTokenId,
            OptionalInt forcedBosTokenId,
            OptionalInt forcedEosTokenId,
            List<List<Integer>> badWordsIds,
            List<Integer> suppressTokens,
            List<Integer> beginSuppressTokens) {
        this(
                decoderStart,
                eosTokenIds,
                padTokenId,
                forcedBosTokenId,
                forcedEosTokenId,
                badWordsIds,
                suppressTokens,
                beginSuppressTokens,
                Defaults.NONE);
    }

    /**
     * The decoder's first input.
     *
     * @throws IllegalStateException where the output continues the prompt
     */
    public int decoderStartTokenId() {
        return decoderStart.orElseThrow(() -> new IllegalStateException("a decoder-only model has no start token"));
    }

    /** Rules of a seq2seq model that only starts and stops. */
    public static GenerationRules of(int decoderStartTokenId, int eosTokenId, int padTokenId) {
        return new GenerationRules(
                OptionalInt.of(decoderStartTokenId),
                List.of(eosTokenId),
                padTokenId,
                OptionalInt.empty(),
                OptionalInt.empty(),
                List.of(),
                List.of(),
                List.of());
    }
}
