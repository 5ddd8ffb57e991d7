package dev.triptych.text.runtime;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.step.StepResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a step will change once it is committed. Nothing of it is visible before.
 *
 * @param rows in the order of the plan
 * @param result what the executor said of the step as a whole
 */
record StagedStep(List<Row> rows, StepResult result) {

    /**
     * One row's outcome.
     *
     * @param request whose
     * @param tokenId its next token; -1 where there is none
     * @param logProb the token's log-prob
     * @param finish why the sequence ends with it; {@code null} where it goes on
     * @param message what failed, else empty
     */
    record Row(
            ActiveRequest request,
            int tokenId,
            double logProb,
            @Nullable FinishReason finish,
            String message) {}
}
