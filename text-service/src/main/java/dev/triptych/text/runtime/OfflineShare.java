package dev.triptych.text.runtime;

import dev.triptych.text.generation.Priority;
import dev.triptych.text.scheduler.SchedulerView.Pace;
import java.util.List;

/**
 * Measures what offline steps take beside those that somebody waits for. A step of many offline rows takes as long as a
 * dozen of a single row, so that turns counted in steps would give them most of the time. Owned by the engine loop.
 */
final class OfflineShare {

    /** Of the time, while interactive rows run: one part in so many. */
    private static final int PARTS = 8;

    private long owedNanos;
    private long lastInteractiveNanos;
    private boolean interactiveEver;

    Pace pace(long nowNanos) {
        return new Pace(owedNanos <= 0, interactiveEver ? nowNanos - lastInteractiveNanos : Long.MAX_VALUE);
    }

    /** Notes a step that ended now. */
    void stepped(List<StagedStep.Share> shares, long nanos, long nowNanos) {
        boolean interactive =
                shares.stream().anyMatch(share -> share.request().state().priority() == Priority.INTERACTIVE);
        if (interactive) {
            owedNanos = Math.max(0, owedNanos - nanos);
            lastInteractiveNanos = nowNanos;
            interactiveEver = true;
        } else {
            owedNanos = (PARTS - 1) * nanos;
        }
    }
}
