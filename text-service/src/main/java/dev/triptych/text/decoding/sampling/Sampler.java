package dev.triptych.text.decoding.sampling;

import dev.triptych.text.decoding.LogitsRow;
import dev.triptych.text.decoding.SearchContext;
import dev.triptych.text.decoding.Selection;
import dev.triptych.text.decoding.TokenSelector;
import dev.triptych.text.decoding.logits.LogitsProcessors;
import dev.triptych.text.generation.Strategy;

/**
 * Draws a token from the distribution that rules, temperature and filters leave, by the inverse of its cumulative
 * distribution. A draw depends on the seed, the sample and the position alone.
 */
public final class Sampler implements TokenSelector {

    private final LogitsProcessors processors;
    private final Strategy.Sample parameters;
    private final int sample;
    private final boolean filtered;

    /** @param sample the number of the sample among the request's */
    public Sampler(LogitsProcessors processors, Strategy.Sample parameters, int sample) {
        this.processors = processors;
        this.parameters = parameters;
        this.sample = sample;
        this.filtered =
                parameters.topK() > 0 || parameters.topP() < 1 || parameters.minP() > 0 || parameters.typicalP() < 1;
    }

    @Override
    public Selection select(SearchContext context) {
        LogitsRow row = context.row();
        int likeliest = row.argMax();
        if (likeliest < 0) {
            return Selection.Broken.NAN;
        }
        float max = row.values()[likeliest];
        if (Float.isInfinite(max)) {
            return Selection.Broken.infinite(max);
        }
        double logSum = row.logSumExp(max);
        if (processors.changes(context)) {
            processors.apply(context);
            likeliest = row.argMax();
            max = row.values()[likeliest];
        }
        if (Float.isInfinite(max)) {
            // The rules forbid every token; Hugging Face's arg-max then takes the first.
            return new Selection.Chosen(likeliest, row.raw(likeliest) - logSum);
        }
        scale(row.values(), row.vocabSize(), max);
        double uniform = CounterRandom.uniform(
                parameters.seed(), sample, context.sequence().generatedCount());
        int chosen = filtered ? CandidateSet.of(row, parameters).draw(uniform) : draw(row, uniform);
        return new Selection.Chosen(chosen, row.raw(chosen) - logSum);
    }

    /** Applies the temperature; the largest score becomes 0, which changes no probability and overflows never. */
    private void scale(float[] values, int vocabSize, float max) {
        float temperature = (float) parameters.temperature();
        for (int i = 0; i < vocabSize; i++) {
            values[i] = (values[i] - max) / temperature;
        }
    }

    private static int draw(LogitsRow row, double uniform) {
        float[] values = row.values();
        row.logSumExp(0);
        float[] weights = row.scratch();
        double total = 0;
        for (int i = 0; i < row.vocabSize(); i++) {
            total += values[i] > Float.NEGATIVE_INFINITY ? weights[i] : 0;
        }
        double left = uniform * total;
        int last = -1;
        for (int i = 0; i < row.vocabSize(); i++) {
            if (values[i] > Float.NEGATIVE_INFINITY) {
                left -= weights[i];
                last = i;
                if (left < 0) {
                    break;
                }
            }
        }
        return last;
    }
}
