package dev.triptych.vision.job;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Brings the worker up once Kafka answers, however long that takes and without holding up the HTTP door: creates the
 * topics, then consumes. Whoever loads the models starts it; the context stops it before the container.
 *
 * <p>Before consuming it opens a producer, which fences a predecessor of the same instance id and aborts what that left
 * open; otherwise the group's offsets would stay blocked until the old transaction times out.
 *
 * <p>A container that stopped by itself is started again. It stops when it is fenced, since going on would step over the
 * records of the transaction that was lost.
 */
public final class WorkerStarter implements SmartLifecycle, ApplicationListener<ConsumerStoppedEvent> {

    private static final Logger log = LoggerFactory.getLogger(WorkerStarter.class);

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    private final KafkaAdmin admin;
    private final ProducerFactory<byte[], byte[]> producers;
    private final MessageListenerContainer container;
    private final ThreadFactory threads;
    private volatile @Nullable Thread starting;

    /** @param threads makes the one thread that waits for Kafka */
    public WorkerStarter(
            KafkaAdmin admin,
            ProducerFactory<byte[], byte[]> producers,
            MessageListenerContainer container,
            ThreadFactory threads) {
        this.admin = admin;
        this.producers = producers;
        this.container = container;
        this.threads = threads;
    }

    @Override
    public boolean isAutoStartup() {
        return false;
    }

    @Override
    public void start() {
        startOn(threads.newThread(() -> startWhenReachable(Duration.ZERO)));
    }

    @Override
    public void onApplicationEvent(ConsumerStoppedEvent event) {
        if (isRunning() && event.getReason() != ConsumerStoppedEvent.Reason.NORMAL) {
            log.error(
                    "the vision worker stopped ({}) and starts again; is there another process of its instance id?",
                    event.getReason());
            startOn(threads.newThread(() -> startWhenReachable(FIRST_WAIT)));
        }
    }

    private void startOn(Thread thread) {
        starting = thread;
        thread.start();
    }

    /** Gives up starting; a worker that runs is stopped by its container. */
    @Override
    public void stop() {
        Thread thread = starting;
        starting = null;
        if (thread != null) {
            thread.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return starting != null;
    }

    private void startWhenReachable(Duration pause) {
        Duration wait = FIRST_WAIT;
        try {
            Thread.sleep(pause);
            // One that stopped by itself still counts as running.
            container.stop();
            while (!connect()) {
                Thread.sleep(wait);
                Duration doubled = wait.multipliedBy(2);
                wait = doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
            }
            if (isRunning()) {
                container.start();
                log.info("the vision worker consumes");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean connect() {
        try {
            admin.initialize();
            producers.createProducer().close();
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
