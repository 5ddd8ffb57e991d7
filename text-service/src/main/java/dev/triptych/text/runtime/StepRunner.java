package dev.triptych.text.runtime;

import dev.triptych.text.kvcache.CacheStep;
import dev.triptych.text.kvcache.KvCache;
import dev.triptych.text.step.StepExecutor;
import dev.triptych.text.step.StepPlan;

/**
 * A model's graphs with the cache that they work on. Owned by one engine loop.
 *
 * @param cache closed with the loop
 * @param executor runs the graphs
 */
public record StepRunner<S extends CacheStep>(KvCache<S> cache, StepExecutor<S> executor) {

    /** Takes the memory that a plan needs. */
    StepTransaction reserve(StepPlan.Work plan) {
        return StepTransaction.of(cache.reserve(plan.cohort(), plan.demand()), room -> executor.execute(plan, room));
    }
}
