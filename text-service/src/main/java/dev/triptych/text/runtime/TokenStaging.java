package dev.triptych.text.runtime;

import dev.triptych.text.decoding.search.RowScores;
import dev.triptych.text.decoding.search.SearchStep;
import dev.triptych.text.decoding.search.Verification;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepResult;
import dev.triptych.text.step.StepRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lets each request's search decide on its part of a step's logits. Changes no request. */
final class TokenStaging {

    /**
     * A pass over several tokens rounds otherwise than one over a single token; where two tokens are as good as equal, the
     * latter decides.
     */
    private static final float LEAST_MARGIN = 1e-3f;

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
        if (plan instanceof StepPlan.Work work && result.speculation().isPresent()) {
            return verified(shares, work.running(), result, result.speculation().get());
        }
        RowScores scores = plan instanceof StepPlan.Measure ? lengths(result) : tokens;
        StepResult.@Nullable BestTokens best = result.best().orElse(null);
        List<StagedStep.Decision> decisions = new ArrayList<>(shares.size());
        for (StagedStep.Share share : shares) {
            RowScores own = best == null
                    ? scores.at(result.logits(), share.places())
                    : scores.at(result.logits(), share.places(), best.ids(), best.logProbs());
            SearchStep step = share.request().search().step(own);
            decisions.add(new StagedStep.Decision(share, List.of(step)));
        }
        return new StagedStep(decisions, result);
    }

    /** Each row of a step with drafts has a request of its own. */
    private StagedStep verified(
            List<StagedStep.Share> shares,
            List<StepRow.Decode> running,
            StepResult result,
            StepResult.Speculation speculation) {
        List<StagedStep.Decision> decisions = new ArrayList<>(shares.size());
        for (StagedStep.Share share : shares) {
            int row = share.places()[0];
            List<Integer> draft = row < running.size()
                    ? running.get(row).draft()
                    : speculation.joined().get(row - running.size()).opening();
            int first = row * speculation.positions();
            decisions.add(new StagedStep.Decision(
                    share,
                    Verification.steps(
                            share.request().search(),
                            draft,
                            position -> scored(result, first + position),
                            // NaN is for the search to find.
                            position -> !(speculation.margin(first + position) < LEAST_MARGIN)),
                    draft.size()));
        }
        return new StagedStep(decisions, result);
    }

    private RowScores scored(StepResult result, int place) {
        StepResult.BestTokens best = result.best().orElseThrow();
        return tokens.at(result.logits(), new int[] {place}, best.ids(), best.logProbs());
    }
}
