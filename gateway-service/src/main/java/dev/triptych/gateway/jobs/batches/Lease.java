package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.jobs.store.Batch;
import dev.triptych.gateway.jobs.store.BatchTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** The right to work on one batch, renewed as the work goes on. For the thread of that batch. */
final class Lease {

    private static final Duration LENGTH = Duration.ofSeconds(60);

    private final BatchTable batches;
    private final String batchId;
    private final String owner;
    private final Clock clock;
    private Instant renewAt = Instant.MIN;

    Lease(BatchTable batches, String batchId, String owner, Clock clock) {
        this.batches = batches;
        this.batchId = batchId;
        this.owner = owner;
        this.clock = clock;
    }

    /** The work is another gateway's now, or over. */
    static final class LostException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        LostException(String batchId) {
            super(batchId + " is worked on elsewhere");
        }
    }

    /** @return whether it was to be had */
    boolean take() {
        Instant now = clock.instant();
        renewAt = now.plus(LENGTH.dividedBy(4));
        return Waits.get(batches.lease(batchId, owner, now, now.plus(LENGTH)));
    }

    /** To be called between two steps. */
    void keep() {
        if (Thread.currentThread().isInterrupted() || (!clock.instant().isBefore(renewAt) && !take())) {
            throw new LostException(batchId);
        }
    }

    /** The batch as it stands. */
    Batch batch() {
        keep();
        return Waits.get(batches.find(batchId));
    }
}
