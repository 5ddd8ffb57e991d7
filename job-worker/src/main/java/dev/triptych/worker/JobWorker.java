package dev.triptych.worker;

import dev.triptych.wire.TriptychException;
import io.cloudevents.CloudEvent;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaOperations;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Ends every record of a poll with exactly one terminal record. The container opens a transaction around each call and
 * adds the offsets to it, so that results and progress are committed together or not at all; a call that throws is
 * rolled back and its records come again. Called on the listeners' threads, of which each has partitions and a transaction
 * of its own.
 *
 * <p>Nothing is sent before all items have ended. So the broker's transaction lasts for milliseconds however long the
 * model takes, and its time-out is no bound on the work.
 */
final class JobWorker implements BatchMessageListener<byte[], byte[]>, ConsumerRebalanceListener {

    private final ItemReader reader;
    private final Delays delayed;
    private final KafkaOperations<byte[], byte[]> kafka;
    private final Duration pollPatience;
    private final Duration stopPatience;
    private final ReplyRecords replies;
    private final JobMetrics metrics;
    private final PollLedger ledger = new PollLedger();
    private final Semaphore room;
    private final CompletableFuture<@Nullable Void> stopping = new CompletableFuture<>();

    /** @param stopPatience how long a poll may still take once the service stops */
    JobWorker(
            WorkerSettings settings,
            Duration stopPatience,
            ItemReader reader,
            Delays delayed,
            KafkaOperations<byte[], byte[]> kafka,
            MeterRegistry registry) {
        this.reader = reader;
        this.delayed = delayed;
        this.kafka = kafka;
        this.pollPatience = settings.pollPatience();
        this.stopPatience = stopPatience;
        this.replies = new ReplyRecords(settings.source(), settings.results(), Clock.systemUTC());
        this.metrics = new JobMetrics(registry);
        this.room = new Semaphore(settings.itemsInFlight());
    }

    /** The poll is not done; its records come again. */
    static final class PollNotDoneException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        PollNotDoneException(String message) {
            super(message);
        }
    }

    /** One record with what became of it. */
    private record Item(
            ConsumerRecord<byte[], byte[]> origin,
            @Nullable CloudEvent event,
            CompletableFuture<ItemOutcome> outcome) {}

    @Override
    public void onMessage(List<ConsumerRecord<byte[], byte[]>> records) {
        long until = System.nanoTime() + pollPatience.toNanos();
        try {
            List<Item> items = new ArrayList<>(records.size());
            for (ConsumerRecord<byte[], byte[]> record : records) {
                items.add(begin(record, until));
            }
            await(items, until);
            for (Item item : items) {
                send(item);
            }
            settleAfterCommit(records, items);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PollNotDoneException("interrupted");
        }
    }

    /** The service stops: the poll in progress gets a little longer, then goes back. */
    void stop() {
        delayed.runAfter(stopPatience, () -> stopping.complete(null));
    }

    private Item begin(ConsumerRecord<byte[], byte[]> record, long until) throws InterruptedException {
        CloudEvent event = null;
        try {
            event = Origin.event(record);
            ItemWork known = ledger.find(record);
            return new Item(record, event, (known == null ? start(record, event, until) : known).outcome());
        } catch (TriptychException e) {
            return new Item(record, event, CompletableFuture.completedFuture(new ItemOutcome.Failed(e)));
        }
    }

    private ItemWork start(ConsumerRecord<byte[], byte[]> record, CloudEvent event, long until)
            throws InterruptedException {
        ItemWork work = new ItemWork(reader.attempt(event), delayed);
        if (!room.tryAcquire(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS)) {
            throw new PollNotDoneException("no room for all items within " + pollPatience);
        }
        work.outcome().whenComplete((outcome, failure) -> room.release());
        ledger.add(record, work);
        work.attempt();
        return work;
    }

    private void await(List<Item> items, long until) throws InterruptedException {
        CompletableFuture<?> all =
                CompletableFuture.allOf(items.stream().map(Item::outcome).toArray(CompletableFuture<?>[]::new));
        try {
            CompletableFuture.anyOf(all, stopping).get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new PollNotDoneException("not all items ended within " + pollPatience);
        } catch (ExecutionException e) {
            throw new IllegalStateException("an outcome never fails", e);
        }
        if (!all.isDone()) {
            throw new PollNotDoneException("the service stops");
        }
    }

    /** The container's transaction carries both records; a send that fails makes its commit fail. */
    private void send(Item item) {
        ItemOutcome outcome = item.outcome().join();
        var unused = kafka.send(replies.terminal(item.origin(), item.event(), outcome));
        if (outcome instanceof ItemOutcome.Failed(var reason)) {
            unused = kafka.send(ReplyRecords.deadLetter(item.origin(), reason));
        }
    }

    /** What is rolled back comes again: it must be remembered, and not be counted twice. */
    private void settleAfterCommit(List<ConsumerRecord<byte[], byte[]>> records, List<Item> items) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                ledger.committed(records);
                items.forEach(item -> metrics.ended(item.outcome().join()));
            }
        });
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        // Their records come with the next polls.
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        ledger.revoked(partitions);
    }
}
