package dev.triptych.text.step;

import dev.triptych.text.kvcache.SourceStates;

/** Runs passes of non-autoregressive decoders. Called by one engine loop on its thread. */
@FunctionalInterface
public interface PassExecutor {

    /**
     * Runs a pass. Changes nothing that outlives the call but the states that it keeps.
     *
     * @param states of the rows that are decoded in several passes; {@link StepPlan.Measure} adds to them
     */
    StepOutcome execute(StepPlan.Pass pass, SourceStates states);
}
