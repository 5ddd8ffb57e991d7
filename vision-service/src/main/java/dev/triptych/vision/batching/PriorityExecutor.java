package dev.triptych.vision.batching;

import dev.triptych.inference.OfflineShare;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * Runs tasks that somebody waits for before offline ones, which have an eighth of the threads' time beside them. As many
 * of each may wait as is said here. Safe from any thread; has no thread of its own.
 */
public final class PriorityExecutor {

    private final Executor threads;
    private final int capacity;
    private final LongSupplier nanoTime;
    private final Queue<Runnable> interactive = new ArrayDeque<>();
    private final Queue<Runnable> batch = new ArrayDeque<>();
    private final OfflineShare offline = new OfflineShare();

    /**
     * @param threads with room for twice {@code capacity} tasks that wait
     * @param capacity tasks of one priority that may wait
     * @param nanoTime what tells how long a task took
     */
    public PriorityExecutor(Executor threads, int capacity, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.threads = threads;
        this.capacity = capacity;
    }

    /** The tasks of one priority; rejects what does not fit. */
    public Executor of(Priority priority) {
        Queue<Runnable> lane = priority == Priority.INTERACTIVE ? interactive : batch;
        return task -> {
            add(lane, task);
            try {
                threads.execute(this::runNext);
            } catch (RejectedExecutionException e) {
                remove(lane, task);
                throw e;
            }
        };
    }

    private synchronized void remove(Queue<Runnable> lane, Runnable task) {
        lane.remove(task);
    }

    private synchronized void add(Queue<Runnable> lane, Runnable task) {
        if (lane.size() >= capacity) {
            throw new RejectedExecutionException(capacity + " tasks are waiting");
        }
        lane.add(task);
    }

    /** For every task that was added there is one such call, though not the task's own. */
    private void runNext() {
        Queue<Runnable> lane;
        Runnable task;
        synchronized (this) {
            boolean offlineFirst = interactive.isEmpty() || (offline.due() && !batch.isEmpty());
            lane = offlineFirst ? batch : interactive;
            task = lane.remove();
        }
        long began = nanoTime.getAsLong();
        try {
            task.run();
        } finally {
            long now = nanoTime.getAsLong();
            synchronized (this) {
                offline.ran(lane == interactive, now - began, now);
            }
        }
    }
}
