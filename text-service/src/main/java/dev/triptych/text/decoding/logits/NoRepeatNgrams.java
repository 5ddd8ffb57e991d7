package dev.triptych.text.decoding.logits;

import dev.triptych.text.decoding.SearchContext;
import dev.triptych.text.decoding.Sequence;

/**
 * Makes every token impossible that would complete an n-gram which the decoder's input has already. Neutral: 0, which
 * has no processor. Hugging Face: {@code NoRepeatNGramLogitsProcessor}.
 *
 * @param size of the n-grams, at least 1
 */
record NoRepeatNgrams(int size) implements LogitsProcessor {

    @Override
    public boolean changes(SearchContext context) {
        return context.sequence().length() >= size;
    }

    @Override
    public void apply(SearchContext context) {
        float[] values = context.row().values();
        Sequence sequence = context.sequence();
        int prefix = sequence.length() - (size - 1);
        for (int start = 0; start + size <= sequence.length(); start++) {
            if (matches(sequence, start, prefix)) {
                values[sequence.id(start + size - 1)] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    private boolean matches(Sequence sequence, int start, int prefix) {
        for (int i = 0; i < size - 1; i++) {
            if (sequence.id(start + i) != sequence.id(prefix + i)) {
                return false;
            }
        }
        return true;
    }
}
