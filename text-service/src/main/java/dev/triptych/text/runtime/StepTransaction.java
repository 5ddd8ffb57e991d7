package dev.triptych.text.runtime;

import dev.triptych.text.kvcache.CacheStep;
import dev.triptych.text.kvcache.Reservation;
import dev.triptych.text.step.StepOutcome;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One step between reserve and commit. Closed without a commit, it leaves the caches as they were. */
final class StepTransaction implements AutoCloseable {

    private final Supplier<StepOutcome> run;
    private final @Nullable CacheStep room;

    private StepTransaction(Supplier<StepOutcome> run, @Nullable CacheStep room) {
        this.run = run;
        this.room = room;
    }

    /** Of a step that needs memory; it fails where there is none. */
    static <S extends CacheStep> StepTransaction of(Reservation<S> reservation, Function<S, StepOutcome> run) {
        return switch (reservation) {
            case Reservation.Granted<S> granted -> new StepTransaction(() -> run.apply(granted.step()), granted.step());
            case Reservation.Exhausted<S> exhausted ->
                new StepTransaction(
                        () -> new StepOutcome.Failed(new IllegalStateException("a step was planned that needs "
                                + exhausted.neededBytes() + " bytes of cache while " + exhausted.freeBytes()
                                + " are free")),
                        null);
        };
    }

    /** Of a step that leaves nothing behind. */
    static StepTransaction of(Supplier<StepOutcome> run) {
        return new StepTransaction(run, null);
    }

    StepOutcome execute() {
        return run.get();
    }

    void commit(StagedStep staged) {
        if (room != null) {
            room.commit(staged.kept(room.rows()));
        }
    }

    @Override
    public void close() {
        if (room != null) {
            room.close();
        }
    }
}
