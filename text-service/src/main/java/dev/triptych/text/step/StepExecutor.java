package dev.triptych.text.step;

import dev.triptych.text.kvcache.CacheStep;

/**
 * Runs planned steps. Called by one engine loop on its thread.
 *
 * @param <S> the cache that its graphs work on
 */
@FunctionalInterface
public interface StepExecutor<S extends CacheStep> {

    /**
     * Runs a step, writing keys and values where {@code cache} says. Changes nothing else that outlives the call.
     *
     * @param plan the rows, in the order of the cache's rows
     * @param cache room for exactly this step
     */
    StepOutcome execute(StepPlan.Work plan, S cache);
}
