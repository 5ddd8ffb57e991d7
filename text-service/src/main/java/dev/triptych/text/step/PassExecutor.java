package dev.triptych.text.step;

/** Runs passes of non-autoregressive decoders. Called by one engine loop on its thread. */
@FunctionalInterface
public interface PassExecutor {

    /** Runs a pass. Changes nothing that outlives the call. */
    StepOutcome execute(StepPlan.Pass pass);
}
