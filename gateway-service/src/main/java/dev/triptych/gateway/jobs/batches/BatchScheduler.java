package dev.triptych.gateway.jobs.batches;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Gives every active batch that no other gateway has a thread of its own, the oldest first and so many at a time. What
 * fails is taken up again: the store knows where it stood.
 */
public final class BatchScheduler implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(BatchScheduler.class);

    private static final long RETRY_MILLIS = 1000;
    private static final long STOP_MILLIS = 10_000;

    private final BatchWork work;
    private final ThreadFactory threads;
    private final Map<String, Thread> running = new ConcurrentHashMap<>();
    private volatile @Nullable Thread looking;

    /** @param threads makes threads that may wait */
    public BatchScheduler(BatchWork work, ThreadFactory threads) {
        this.work = work;
        this.threads = threads;
    }

    @Override
    public void start() {
        Thread thread = threads.newThread(this::look);
        looking = thread;
        thread.start();
    }

    @Override
    public void stop() {
        Thread thread = looking;
        looking = null;
        if (thread == null) {
            return;
        }
        try {
            interrupt(thread);
            for (Thread run : running.values()) {
                interrupt(run);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void interrupt(Thread thread) throws InterruptedException {
        thread.interrupt();
        thread.join(STOP_MILLIS);
    }

    @Override
    public boolean isRunning() {
        return looking != null;
    }

    private void look() {
        while (isRunning()) {
            try {
                begin();
                Thread.sleep(work.rules().poll());
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("batches cannot be looked for: {}", e.toString());
                pause();
            }
        }
    }

    private void begin() {
        for (String id : Waits.get(work.store().batches().active())) {
            if (running.size() >= work.rules().maxRunning() || !isRunning()) {
                return;
            }
            Lease lease = new Lease(work.store().batches(), id, work.rules().instanceId(), work.clock());
            if (!running.containsKey(id) && lease.take()) {
                Thread thread = threads.newThread(() -> run(id, lease));
                running.put(id, thread);
                thread.start();
            }
        }
    }

    private void run(String id, Lease lease) {
        try {
            new BatchRun(work, id, lease).run();
        } catch (InterruptedException | Lease.LostException e) {
            LOG.debug("{} is left as it stands: {}", id, e.toString());
        } catch (RuntimeException e) {
            if (isRunning()) {
                LOG.warn("{} stopped and is taken up again: {}", id, e.toString());
                pause();
            }
        } finally {
            running.remove(id);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
