package dev.triptych.text.decoding.logits;

import dev.triptych.text.decoding.SearchContext;
import dev.triptych.text.decoding.Sequence;
import dev.triptych.text.decoding.TokenMarks;

/**
 * OpenAI's penalties: {@code score -= presence + frequency * count} for every token that was generated {@code count}
 * times; what the decoder was given does not count. Neutral: 0 and 0.
 *
 * @param presence taken once
 * @param frequency taken for each occurrence
 */
record OccurrencePenalty(float presence, float frequency) implements LogitsProcessor {

    @Override
    public boolean changes(SearchContext context) {
        return context.sequence().generatedCount() > 0;
    }

    @Override
    public void apply(SearchContext context) {
        float[] values = context.row().values();
        TokenMarks seen = context.row().clearedMarks();
        Sequence sequence = context.sequence();
        for (int i = sequence.givenCount(); i < sequence.length(); i++) {
            int token = sequence.id(i);
            values[token] -= seen.add(token) ? presence + frequency : frequency;
        }
    }
}
