package dev.triptych.text.decoding.logits;

import dev.triptych.text.decoding.SearchContext;
import java.util.List;

/**
 * Makes tokens impossible, always or for the first token only. Hugging Face: {@code SuppressTokensLogitsProcessor} and
 * {@code SuppressTokensAtBeginLogitsProcessor}. Neutral: no tokens.
 *
 * @param tokenIds which
 * @param firstOnly whether they are allowed after the first token
 * @param forcedStart whether a forced token comes first, which shifts the beginning by one, as in Hugging Face
 */
record SuppressedTokens(List<Integer> tokenIds, boolean firstOnly, boolean forcedStart) implements LogitsProcessor {

    @Override
    public boolean changes(SearchContext context) {
        boolean shifted = forcedStart && context.sequence().givenCount() == 1;
        return !firstOnly || context.sequence().generatedCount() == (shifted ? 1 : 0);
    }

    @Override
    public void apply(SearchContext context) {
        if (changes(context)) {
            float[] values = context.row().values();
            for (int tokenId : tokenIds) {
                values[tokenId] = Float.NEGATIVE_INFINITY;
            }
        }
    }
}
