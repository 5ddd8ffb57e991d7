package dev.triptych.text.decoding.search;

import dev.triptych.text.decoding.LogitsRow;
import dev.triptych.text.decoding.SearchContext;
import dev.triptych.text.decoding.Selection;
import dev.triptych.text.decoding.TokenSelector;
import dev.triptych.text.decoding.logits.LogitsProcessors;

/** Always the most probable token that the model's rules allow; the lowest id among equals. */
public final class GreedySelector implements TokenSelector {

    private final LogitsProcessors processors;

    public GreedySelector(LogitsProcessors processors) {
        this.processors = processors;
    }

    @Override
    public Selection select(SearchContext context) {
        LogitsRow row = context.row();
        if (row.likeliest() >= 0 && !processors.changes(context)) {
            float logProb = row.likeliestLogProb();
            return Float.isNaN(logProb) ? Selection.Broken.NAN : new Selection.Chosen(row.likeliest(), logProb);
        }
        int likeliest = row.argMax();
        if (likeliest < 0) {
            return Selection.Broken.NAN;
        }
        float max = row.values()[likeliest];
        if (Float.isInfinite(max)) {
            return Selection.Broken.infinite(max);
        }
        double logSum = row.logSumExp(max);
        if (!processors.changes(context)) {
            return new Selection.Chosen(likeliest, max - logSum);
        }
        processors.apply(context);
        int chosen = row.argMax();
        return new Selection.Chosen(chosen, row.raw(chosen) - logSum);
    }
}
