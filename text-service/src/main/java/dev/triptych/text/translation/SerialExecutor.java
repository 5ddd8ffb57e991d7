package dev.triptych.text.translation;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs tasks one at a time, in order, on the threads of another executor: what its tasks share needs no lock. */
final class SerialExecutor implements Executor {

    private final Executor workers;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    SerialExecutor(Executor workers) {
        this.workers = workers;
    }

    /** Any thread; does not wait. Tasks must not throw. */
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            workers.execute(this::drain);
        }
    }

    private void drain() {
        do {
            Runnable task = tasks.poll();
            if (task != null) {
                task.run();
            }
        } while (waiting.decrementAndGet() > 0);
    }
}
