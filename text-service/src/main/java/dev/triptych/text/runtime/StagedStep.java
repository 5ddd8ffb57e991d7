package dev.triptych.text.runtime;

import dev.triptych.text.decoding.search.SearchStep;
import dev.triptych.text.step.StepResult;
import java.util.List;

/**
 * What a step will change once it is committed. Nothing of it is visible before.
 *
 * @param decisions one for each request of the step
 * @param result what the executor said of the step as a whole
 */
record StagedStep(List<Decision> decisions, StepResult result) {

    /**
     * What the step means for a request.
     *
     * @param share its part of the step
     * @param step what its search makes of it
     */
    record Decision(Share share, SearchStep step) {

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
