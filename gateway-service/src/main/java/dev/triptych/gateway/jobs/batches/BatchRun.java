package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.jobs.store.Batch;
import dev.triptych.gateway.jobs.store.BatchStatus;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees one batch through its states, from whichever it is in. Everything it knows is in the store, so that another run
 * goes on where this one is cut off. Owns one thread, which waits.
 */
final class BatchRun {

    private static final Logger LOG = LoggerFactory.getLogger(BatchRun.class);

    private final BatchWork work;
    private final String batchId;
    private final Lease lease;
    private final BatchSending sending;
    private @Nullable BatchStatus announced;

    BatchRun(BatchWork work, String batchId, Lease lease) {
        this.work = work;
        this.batchId = batchId;
        this.lease = lease;
        this.sending = new BatchSending(work.store(), work.sender(), work.rules(), work.clock());
    }

    /** Returns when the batch has ended. */
    void run() throws InterruptedException {
        Batch batch = lease.batch();
        announce(batch);
        while (!batch.status().ended()) {
            if (!step(batch)) {
                Thread.sleep(work.rules().poll());
            }
            batch = Waits.get(work.store().batches().find(batchId));
            announce(batch);
            if (!batch.status().ended()) {
                lease.keep();
            }
        }
    }

    /** One step; false where there is nothing to do but wait. */
    private boolean step(Batch batch) throws InterruptedException {
        Clock clock = work.clock();
        boolean expired = !clock.instant().isBefore(batch.expiresAt());
        return switch (batch.status()) {
            case VALIDATING -> {
                work.validation().validate(batch, lease);
                yield true;
            }
            case IN_PROGRESS -> {
                if (batch.counts().ended() == batch.counts().total()) {
                    yield move(batch, BatchStatus.FINALIZING);
                }
                if (expired) {
                    giveUp(batch, BatchStatus.EXPIRED, GivenUp.EXPIRED);
                    yield true;
                }
                yield sending.sendNext(batch);
            }
            case FINALIZING -> {
                work.output().write(batch, BatchStatus.COMPLETED, lease);
                yield true;
            }
            case CANCELLING -> {
                Instant patience = batch.since()
                        .getOrDefault(BatchStatus.CANCELLING, clock.instant())
                        .plus(work.rules().cancelPatience());
                if (batch.inFlight() > 0 && clock.instant().isBefore(patience)) {
                    yield false;
                }
                giveUp(batch, BatchStatus.CANCELLED, GivenUp.CANCELLED);
                yield true;
            }
            case COMPLETED, FAILED, EXPIRED, CANCELLED -> true;
        };
    }

    private boolean move(Batch batch, BatchStatus to) {
        return Waits.get(work.store()
                .batches()
                .move(batch.id(), batch.status(), to, work.clock().instant()));
    }

    /** Ends the batch with what it has; the rest is told why in the error file. */
    private void giveUp(Batch batch, BatchStatus end, GivenUp reason) {
        Waits.run(work.store().items().giveUp(batch.id(), reason.json()));
        work.output().write(batch, end, lease);
    }

    /** A batch may be canceled or expire while Kafka is away. */
    private void announce(Batch batch) throws InterruptedException {
        if (announced == batch.status()) {
            return;
        }
        try {
            work.sender().send(List.of(JobState.record(batch)));
            announced = batch.status();
        } catch (RuntimeException e) {
            LOG.warn("the state of {} was not announced: {}", batchId, e.toString());
        }
    }
}
