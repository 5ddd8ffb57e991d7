package dev.triptych.vision.job;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Brings the worker up once Kafka answers, however long that takes, without holding up the HTTP door. Runs on a thread
 * of its own.
 *
 * <p>Before consuming it opens a producer, which fences a predecessor of the same instance id and aborts what that left
 * open; otherwise the group's offsets would stay blocked until the old transaction times out.
 */
public final class WorkerStarter implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(WorkerStarter.class);

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    private final KafkaAdmin admin;
    private final ProducerFactory<byte[], byte[]> producers;
    private final MessageListenerContainer container;
    private final CountDownLatch stopped = new CountDownLatch(1);

    public WorkerStarter(
            KafkaAdmin admin, ProducerFactory<byte[], byte[]> producers, MessageListenerContainer container) {
        this.admin = admin;
        this.producers = producers;
        this.container = container;
    }

    @Override
    public void run() {
        Duration wait = FIRST_WAIT;
        try {
            while (stopped.getCount() > 0) {
                if (connect()) {
                    container.start();
                    log.info("the vision worker consumes");
                    return;
                }
                if (stopped.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
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

    /** Gives up starting; a worker that runs is stopped by its container. */
    public void stop() {
        stopped.countDown();
    }
}
