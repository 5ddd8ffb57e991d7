package dev.triptych.text.decoding.logits;

import dev.triptych.text.decoding.SearchContext;
import java.util.List;

/**
 * Makes the end of a sequence impossible before it has its least length. Neutral: 0. Hugging Face:
 * {@code MinLengthLogitsProcessor}, which counts what the decoder was given, and
 * {@code MinNewTokensLengthLogitsProcessor}, which does not.
 *
 * @param length the least
 * @param countGiven whether what the decoder was given counts
 * @param eosTokenIds what ends a sequence
 */
record MinLength(int length, boolean countGiven, List<Integer> eosTokenIds) implements LogitsProcessor {

    @Override
    public boolean changes(SearchContext context) {
        int present =
                countGiven ? context.sequence().length() : context.sequence().generatedCount();
        return present < length;
    }

    @Override
    public void apply(SearchContext context) {
        if (changes(context)) {
            for (int token : eosTokenIds) {
                context.row().values()[token] = Float.NEGATIVE_INFINITY;
            }
        }
    }
}
