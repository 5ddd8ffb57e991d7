package dev.triptych.text.runtime;

import dev.triptych.text.decoding.search.RowScores;
import dev.triptych.text.decoding.search.SearchStep;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lets each request's search decide on its part of a step's logits. Changes no request. */
final class TokenStaging {

    private final RowScores tokens;
    private @Nullable RowScores lengths;

    TokenStaging(int vocabSize) {
        this.tokens = new RowScores(vocabSize);
    }

    /** Scores of a length predictor have as many columns as it knows lengths. */
    private RowScores lengths(StepResult result) {
        RowScores known = lengths;
        if (known == null) {
            known = new RowScores(result.columns());
            lengths = known;
        }
        return known;
    }

    StagedStep stage(StepPlan.Step plan, List<StagedStep.Share> shares, StepResult result) {
        RowScores scores = plan instanceof StepPlan.Measure ? lengths(result) : tokens;
        StepResult.@Nullable BestTokens best = result.best().orElse(null);
        List<StagedStep.Decision> decisions = new ArrayList<>(shares.size());
        for (StagedStep.Share share : shares) {
            RowScores own = best == null
                    ? scores.at(result.logits(), share.places())
                    : scores.at(result.logits(), share.places(), best.ids(), best.logProbs());
            SearchStep step = share.request().search().step(own);
            decisions.add(new StagedStep.Decision(share, step));
        }
        return new StagedStep(decisions, result);
    }
}
