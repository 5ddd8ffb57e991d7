package dev.triptych.text.runtime;

import dev.triptych.text.kvcache.CacheStep;
import dev.triptych.text.kvcache.Reservation;
import dev.triptych.text.step.StepExecutor;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import org.jspecify.annotations.Nullable;

/** One step between reserve and commit. Closed without a commit, it leaves the cache as it was. */
final class StepTransaction<S extends CacheStep> implements AutoCloseable {

    private final StepPlan.Work plan;
    private final Reservation<S> reservation;
    private final StepExecutor<S> executor;

    StepTransaction(StepPlan.Work plan, Reservation<S> reservation, StepExecutor<S> executor) {
        this.plan = plan;
        this.reservation = reservation;
        this.executor = executor;
    }

    StepOutcome execute() {
        return switch (reservation) {
            case Reservation.Granted<S> granted -> executor.execute(plan, granted.step());
            case Reservation.Exhausted<S> exhausted ->
                new StepOutcome.Failed(new IllegalStateException("a step was planned that needs "
                        + exhausted.neededBytes() + " bytes of cache while " + exhausted.freeBytes() + " are free"));
        };
    }

    void commit() {
        S step = step();
        if (step != null) {
            step.commit();
        }
    }

    @Override
    public void close() {
        S step = step();
        if (step != null) {
            step.close();
        }
    }

    private @Nullable S step() {
        return reservation instanceof Reservation.Granted<S> granted ? granted.step() : null;
    }
}
