package dev.triptych.text.runtime;

import dev.triptych.text.generation.AttentionOutcome;
import dev.triptych.text.step.PairExecutor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets callers run pairs through a model, one at a time in the order in which they come. Safe from any thread. Closing
 * waits for the pass that runs; whoever comes later is told so.
 */
public final class PairTurns implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 5;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final PairExecutor executor;
    private final ReentrantLock turn = new ReentrantLock(true);
    private boolean closed;

    /** @param executor closed with this */
    public PairTurns(PairExecutor executor) {
        this.executor = executor;
    }

    AttentionOutcome attend(List<Integer> source, List<Integer> target) {
        try {
            if (!turn.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return new AttentionOutcome.Busy(RETRY_AFTER);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new AttentionOutcome.Busy(RETRY_AFTER);
        }
        try {
            return closed ? new AttentionOutcome.Busy(RETRY_AFTER) : executor.attend(source, target);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void close() {
        turn.lock();
        try {
            if (!closed) {
                closed = true;
                executor.close();
            }
        } finally {
            turn.unlock();
        }
    }
}
