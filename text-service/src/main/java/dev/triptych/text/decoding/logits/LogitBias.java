package dev.triptych.text.decoding.logits;

import dev.triptych.text.decoding.SearchContext;
import java.util.Map;

/**
 * Adds to the scores of single tokens. Neutral: no tokens. Hugging Face: {@code SequenceBiasLogitsProcessor} with
 * sequences of one token.
 *
 * @param biases by token
 */
record LogitBias(Map<Integer, Double> biases) implements LogitsProcessor {

    @Override
    public boolean changes(SearchContext context) {
        return true;
    }

    @Override
    public void apply(SearchContext context) {
        float[] values = context.row().values();
        biases.forEach((token, bias) -> values[token] += bias.floatValue());
    }
}
