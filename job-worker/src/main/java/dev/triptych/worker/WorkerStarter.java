package dev.triptych.worker;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Brings the worker up once Kafka answers, however long that takes and without holding up the HTTP door: creates the
 * topics, fences predecessors of the same instance id, then consumes. Stops first of all, so that the polls in progress
 * can end before their container goes.
 *
 * <p>A container that stopped by itself is started again. It stops when it is fenced, since going on would step over the
 * records of the transaction that was lost.
 */
public final class WorkerStarter implements SmartLifecycle, ApplicationListener<ConsumerStoppedEvent> {

    private static final Logger log = LoggerFactory.getLogger(WorkerStarter.class);

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    private final When when;
    private final Runnable preparing;
    private final MessageListenerContainer container;
    private final JobWorker worker;
    private final ThreadFactory threads;
    private boolean running;
    private @Nullable Thread starting;

    /** Who starts the worker. */
    public enum When {
        /** The application's context. */
        WITH_THE_SERVICE,
        /** Whoever calls {@link WorkerStarter#start}. */
        WHEN_CALLED
    }

    /**
     * @param preparing what has to succeed before anything is consumed
     * @param threads makes the one thread that waits for Kafka
     */
    WorkerStarter(
            When when,
            Runnable preparing,
            MessageListenerContainer container,
            JobWorker worker,
            ThreadFactory threads) {
        this.when = when;
        this.preparing = preparing;
        this.container = container;
        this.worker = worker;
        this.threads = threads;
    }

    @Override
    public boolean isAutoStartup() {
        return when == When.WITH_THE_SERVICE;
    }

    @Override
    public synchronized void start() {
        running = true;
        startAfter(Duration.ZERO);
    }

    @Override
    public synchronized void onApplicationEvent(ConsumerStoppedEvent event) {
        if (running && event.getReason() != ConsumerStoppedEvent.Reason.NORMAL) {
            log.error(
                    "a consumer of the worker stopped ({}) and starts again; is there another process of its instance"
                            + " id?",
                    event.getReason());
            startAfter(FIRST_WAIT);
        }
    }

    /** Consumers that stop together are started together. */
    private void startAfter(Duration pause) {
        if (starting == null) {
            Thread thread = threads.newThread(() -> startWhenReachable(pause));
            starting = thread;
            thread.start();
        }
    }

    @Override
    public void stop() {
        synchronized (this) {
            running = false;
            Thread thread = starting;
            if (thread != null) {
                thread.interrupt();
            }
        }
        worker.stop();
        container.stop();
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }

    private void startWhenReachable(Duration pause) {
        Duration wait = FIRST_WAIT;
        try {
            Thread.sleep(pause);
            // One that stopped by itself still counts as running.
            container.stop();
            while (!prepared()) {
                Thread.sleep(wait);
                Duration doubled = wait.multipliedBy(2);
                wait = doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
            }
            consume();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            over();
        }
    }

    private synchronized void over() {
        if (starting == Thread.currentThread()) {
            starting = null;
        }
    }

    private synchronized void consume() {
        if (running) {
            // From here on one that stops again is to be started again.
            over();
            container.start();
            log.info("the worker consumes");
        }
    }

    private boolean prepared() {
        try {
            preparing.run();
            return true;
        } catch (RuntimeException e) {
            Throwable cause = e.getCause();
            log.warn(
                    "Kafka cannot be used yet; jobs wait, HTTP is served: {}",
                    String.valueOf(cause == null ? e : cause));
            return false;
        }
    }
}
