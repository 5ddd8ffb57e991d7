package dev.triptych.text.runtime;

import dev.triptych.text.kvcache.CacheStep;
import dev.triptych.text.kvcache.KvCache;
import dev.triptych.text.kvcache.Reservation;
import dev.triptych.text.step.StepExecutor;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import org.jspecify.annotations.Nullable;

/** One step between reserve and commit. Closed without a commit, it leaves the cache as it was. */
final class StepTransaction implements AutoCloseable {

    private final StepPlan.Work plan;
    private final Reservation reservation;

    private StepTransaction(StepPlan.Work plan, Reservation reservation) {
        this.plan = plan;
        this.reservation = reservation;
    }

    /** Takes the memory that the plan needs. */
    static StepTransaction reserve(StepPlan.Work plan, KvCache cache) {
        return new StepTransaction(
                plan,
                switch (plan) {
                    case StepPlan.Start start -> cache.open(start.cohort(), start.demand());
                    case StepPlan.Advance advance -> cache.extend(advance.cohort());
                });
    }

    StepOutcome execute(StepExecutor executor) {
        return switch (reservation) {
            case Reservation.Granted granted -> executor.execute(plan, granted.step());
            case Reservation.Exhausted exhausted ->
                new StepOutcome.Failed(new IllegalStateException("a step was planned that needs "
                        + exhausted.neededBytes() + " bytes of cache while " + exhausted.freeBytes() + " are free"));
        };
    }

    void commit() {
        CacheStep step = step();
        if (step != null) {
            step.commit();
        }
    }

    @Override
    public void close() {
        CacheStep step = step();
        if (step != null) {
            step.close();
        }
    }

    private @Nullable CacheStep step() {
        return reservation instanceof Reservation.Granted granted ? granted.step() : null;
    }
}
