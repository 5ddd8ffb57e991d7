package dev.triptych.text.runtime;

import dev.triptych.text.decoding.search.SearchStep;
import dev.triptych.text.step.StepResult;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a step will change once it is committed. Nothing of it is visible before.
 *
 * @param decisions one for each request of the step
 * @param result what the executor said of the step as a whole
 */
record StagedStep(List<Decision> decisions, StepResult result) {

    /** How many of the tokens that the step wrote each of so many rows keeps. */
    int[] kept(int rows) {
        int[] kept = new int[rows];
        Arrays.fill(kept, 1);
        if (result.speculation().isPresent()) {
            decisions.forEach(decision ->
                    kept[decision.share().places()[0]] = decision.steps().size());
        }
        return kept;
    }

    /**
     * What the step means for a request.
     *
     * @param share its part of the step
     * @param steps what its search makes of it, one after another; several where a draft was accepted, none where no
     *     token could be decided
     * @param verified drafted tokens that the step looked at
     */
    record Decision(Share share, List<SearchStep> steps, int verified) {

        Decision(Share share, List<SearchStep> steps) {
            this(share, steps, 0);
        }

        Optional<SearchStep> last() {
            return steps.isEmpty() ? Optional.empty() : Optional.of(steps.getLast());
        }

        ActiveRequest request() {
            return share.request();
        }
    }

    /**
     * A request's part of a step.
     *
     * @param places where its live rows stand, in the order of its search
     */
    record Share(ActiveRequest request, int[] places) {}
}
