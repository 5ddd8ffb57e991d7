package dev.triptych.text.decoding.logits;

import dev.triptych.text.decoding.SearchContext;
import dev.triptych.text.decoding.Sequence;
import dev.triptych.text.decoding.TokenMarks;

/**
 * Divides the score of every token in the decoder's input by {@code penalty}, or multiplies it where negative. Neutral:
 * 1. Source: Keskar et al. 2019, CTRL, arXiv:1909.05858. Hugging Face: {@code RepetitionPenaltyLogitsProcessor}, which
 * counts the start token or prompt too.
 *
 * @param penalty above 0
 */
record RepetitionPenalty(float penalty) implements LogitsProcessor {

    @Override
    public boolean changes(SearchContext context) {
        return true;
    }

    @Override
    public void apply(SearchContext context) {
        float[] values = context.row().values();
        TokenMarks penalized = context.row().clearedMarks();
        Sequence sequence = context.sequence();
        for (int i = 0; i < sequence.length(); i++) {
            int token = sequence.id(i);
            if (penalized.add(token)) {
                values[token] = values[token] < 0 ? values[token] * penalty : values[token] / penalty;
            }
        }
    }
}
