package dev.triptych.text.runtime;

import dev.triptych.text.decoding.search.RowScores;
import dev.triptych.text.decoding.search.SearchStep;
import dev.triptych.text.step.StepResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lets each request's search decide on its part of a step's logits. Changes no request. */
final class TokenStaging {

    private final RowScores scores;

    TokenStaging(int vocabSize) {
        this.scores = new RowScores(vocabSize);
    }

    StagedStep stage(List<StagedStep.Share> shares, StepResult result) {
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
