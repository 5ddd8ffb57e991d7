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
 */
public record GenerationRules(
        OptionalInt decoderStart,
        List<Integer> eosTokenIds,
        int padTokenId,
        OptionalInt forcedBosTokenId,
        OptionalInt forcedEosTokenId,
        List<List<Integer>> badWordsIds,
        List<Integer> suppressTokens,
        List<Integer> beginSuppressTokens) {

    public GenerationRules {
        eosTokenIds = List.copyOf(eosTokenIds);
        badWordsIds = badWordsIds.stream().map(List::copyOf).toList();
        suppressTokens = List.copyOf(suppressTokens);
        beginSuppressTokens = List.copyOf(beginSuppressTokens);
        if (eosTokenIds.isEmpty()) {
            throw new IllegalArgumentException("a model needs at least one end-of-sequence token");
        }
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
