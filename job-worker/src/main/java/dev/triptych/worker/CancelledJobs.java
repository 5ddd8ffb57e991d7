package dev.triptych.worker;

import dev.triptych.wire.JobStates;
import dev.triptych.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs that were canceled, by what {@link Topics#JOBS} says: the topic is read from its beginning and followed from
 * then on, on a thread of its own. Safe from any thread.
 */
final class CancelledJobs implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CancelledJobs.class);

    /** Of jobs canceled longer ago no item is on its way any more. */
    private static final int MOST_REMEMBERED = 10_000;

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final Supplier<org.apache.kafka.clients.consumer.Consumer<byte[], byte[]>> consumers;
    private final ThreadFactory threads;
    private final Set<String> jobs =
            Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<String, Boolean>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > MOST_REMEMBERED;
                }
            }));
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private volatile Consumer<String> listener = job -> {};
    private volatile boolean closed;
    private @Nullable Thread thread;

    /** @param consumers makes consumers without a group */
    CancelledJobs(
            Supplier<org.apache.kafka.clients.consumer.Consumer<byte[], byte[]>> consumers, ThreadFactory threads) {
        this.consumers = consumers;
        this.threads = threads;
    }

    /** @param listener hears of each job that is canceled from now on; must not wait */
    void onCancelled(Consumer<String> listener) {
        this.listener = listener;
    }

    boolean contains(@Nullable String job) {
        return job != null && jobs.contains(job);
    }

    /** Begins to follow the topic, once; returns when it was read to its end, or after {@code patience}. */
    void follow(Duration patience) {
        synchronized (this) {
            if (thread == null && !closed) {
                Thread following = threads.newThread(this::followUntilClosed);
                thread = following;
                following.start();
            }
        }
        try {
            if (!caughtUp.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException(Topics.JOBS + " was not read within " + patience);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void followUntilClosed() {
        while (!closed) {
            try (var consumer = consumers.get()) {
                follow(consumer);
            } catch (WakeupException e) {
                return;
            } catch (RuntimeException e) {
                log.warn("{} cannot be followed and is tried again: {}", Topics.JOBS, e.toString());
                pause();
            }
        }
    }

    private void follow(org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = new ArrayList<>();
        consumer.partitionsFor(Topics.JOBS)
                .forEach(each -> partitions.add(new TopicPartition(each.topic(), each.partition())));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (!closed) {
            consumer.poll(POLL).forEach(this::read);
            if (caughtUp.getCount() > 0
                    && ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                caughtUp.countDown();
            }
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        JobStates.cancelled(record.key(), record.value()).ifPresent(job -> {
            if (jobs.add(job)) {
                listener.accept(job);
            }
        });
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
