package dev.triptych.worker;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.TriptychException;
import io.cloudevents.CloudEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
import org.springframework.kafka.listener.BatchAcknowledgingMessageListener;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Ends every record of a poll with exactly one terminal record. The container opens a transaction around each call and
 * adds the offsets to it, so that results and progress are committed together or not at all; a call that throws is
 * rolled back and its records come again. Called on the listeners' threads, of which each has partitions and a transaction
 * of its own.
 *
 * <p>A transaction takes what has ended at the poll's front once that is a good part of it; the rest goes on running and
 * comes again with records behind it. So one long item does not leave the engine without work until it ends. Nothing is
 * sent before: the broker's transaction lasts for milliseconds however long the model takes, and its time-out is no bound
 * on the work.
 */
final class JobWorker implements BatchAcknowledgingMessageListener<byte[], byte[]>, ConsumerRebalanceListener {

    /** Of a poll, one part in so many must have ended at its front. */
    private static final int PARTS = 2;

    private final ItemReader reader;
    private final Delays delayed;
    private final KafkaOperations<byte[], byte[]> kafka;
    private final Duration pollPatience;
    private final Duration stopPatience;
    private final Chains chains;
    private final ReplyRecords replies;
    private final JobMetrics metrics;
    private final ItemTraces traces;
    private final CancelledJobs cancelled;
    private final Clock clock = Clock.systemUTC();
    private final PollLedger ledger = new PollLedger();
    private final Semaphore room;
    private final CompletableFuture<@Nullable Void> stopping = new CompletableFuture<>();

    /**
     * Of each listener's thread, whether its container may hold a nack of a poll that was rolled back. Such a one is heeded
     * after the next poll, whose records from there on would come twice; only another nack takes its place.
     */
    private final ThreadLocal<Boolean> nackMayBeHeld = ThreadLocal.withInitial(() -> false);

    /**
     * Who hears of items.
     *
     * @param traces {@link ObservationRegistry#NOOP} where nobody traces
     */
    record Telemetry(MeterRegistry meters, ObservationRegistry traces) {}

    /** @param stopPatience how long a poll may still take once the service stops */
    JobWorker(
            WorkerSettings settings,
            Duration stopPatience,
            ItemReader reader,
            Delays delayed,
            KafkaOperations<byte[], byte[]> kafka,
            CancelledJobs cancelled,
            Telemetry telemetry) {
        this.reader = reader;
        this.delayed = delayed;
        this.kafka = kafka;
        this.pollPatience = settings.pollPatience();
        this.stopPatience = stopPatience;
        this.cancelled = cancelled;
        this.chains = new Chains(settings, reader);
        this.replies = new ReplyRecords(settings, chains, clock);
        this.metrics = new JobMetrics(telemetry.meters());
        this.traces = new ItemTraces(telemetry.traces());
        this.room = new Semaphore(settings.itemsInFlight());
        cancelled.onCancelled(job -> ledger.ofJob(job).forEach(work -> work.end(skipped(job))));
    }

    /** The poll is not done; its records come again. */
    static final class PollNotDoneException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        PollNotDoneException(String message) {
            super(message);
        }
    }

    /** One record with what became of it. */
    private record Item(Arrival arrival, CompletableFuture<ItemOutcome> outcome) {}

    @Override
    public void onMessage(List<ConsumerRecord<byte[], byte[]>> records, @Nullable Acknowledgment acknowledgment) {
        long until = System.nanoTime() + pollPatience.toNanos();
        try {
            List<Item> items = begin(records, until);
            await(items.subList(0, (items.size() + PARTS - 1) / PARTS), until);
            List<Item> ended = endedFront(items);
            ended.forEach(this::send);
            settleAfterCommit(records.subList(0, ended.size()), ended);
            acknowledge(Objects.requireNonNull(acknowledgment), ended.size(), items.size());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PollNotDoneException("interrupted");
        }
    }

    /** The service stops: the poll in progress gets a little longer, then goes back. */
    void stop() {
        delayed.runAfter(stopPatience, () -> stopping.complete(null));
    }

    /** The items in the order of their records, begun in the order of their urgency. */
    private List<Item> begin(List<ConsumerRecord<byte[], byte[]>> records, long until) throws InterruptedException {
        Map<ConsumerRecord<byte[], byte[]>, Item> begun = new IdentityHashMap<>();
        for (Arrival arrival : Arrival.inOrder(records)) {
            begun.put(arrival.origin(), begin(arrival, until));
        }
        return records.stream()
                .map(record -> Objects.requireNonNull(begun.get(record)))
                .toList();
    }

    /** All but the last at most, where a nack must be given. */
    private List<Item> endedFront(List<Item> items) {
        List<Item> ended =
                items.stream().takeWhile(item -> item.outcome().isDone()).toList();
        boolean nackNeeded = nackMayBeHeld.get() && items.size() > 1;
        return nackNeeded && ended.size() == items.size() ? ended.subList(0, ended.size() - 1) : ended;
    }

    /** The offsets of what has ended go into the transaction; from there on the partitions are read again. */
    private void acknowledge(Acknowledgment acknowledgment, int ended, int all) {
        if (ended == all) {
            acknowledgment.acknowledge();
        } else {
            nackMayBeHeld.set(true);
            acknowledgment.nack(ended, Duration.ZERO);
        }
    }

    private Item begin(Arrival arrival, long until) throws InterruptedException {
        CloudEvent event = arrival.event();
        TriptychException refusal = arrival.refusal();
        if (event == null || refusal != null) {
            return new Item(arrival, CompletableFuture.completedFuture(new ItemOutcome.Failed(arrival.fault())));
        }
        try {
            Optional<Instant> deadline = ItemEvents.deadline(event);
            ItemWork known = ledger.find(arrival.origin());
            ItemWork work = known == null ? admit(arrival.origin(), event, until) : known;
            deadline.ifPresent(time -> work.endBy(time, clock.instant()));
            if (known == null) {
                work.attempt();
            }
            return new Item(arrival, work.outcome());
        } catch (TriptychException e) {
            return new Item(arrival, CompletableFuture.completedFuture(new ItemOutcome.Failed(e)));
        }
    }

    private ItemWork admit(ConsumerRecord<byte[], byte[]> record, CloudEvent event, long until)
            throws InterruptedException {
        ItemAttempt attempt = attempt(event);
        if (!room.tryAcquire(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS)) {
            throw new PollNotDoneException("no room for all items within " + pollPatience);
        }
        ItemTraces.Traced traced = traces.begin(event);
        ItemWork work = new ItemWork(traced.around(attempt), delayed);
        traced.until(work.outcome());
        work.outcome().whenComplete((outcome, failure) -> room.release());
        String job = ItemEvents.job(event).orElse(null);
        ledger.add(record, job, work);
        // Looked for after it was added: who cancels in between finds it in the ledger.
        if (job != null && cancelled.contains(job)) {
            work.end(skipped(job));
        }
        return work;
    }

    private ItemAttempt attempt(CloudEvent event) {
        return event.getType().equals(EventTypes.CHAIN) ? chains.attempt(event) : reader.attempt(event);
    }

    private static ItemOutcome skipped(String job) {
        return new ItemOutcome.Skipped(new TriptychException.Rejected(
                ErrorCode.CANCELLED, null, "the job " + job + " was canceled before this item ended"));
    }

    private void await(List<Item> items, long until) throws InterruptedException {
        CompletableFuture<?> all =
                CompletableFuture.allOf(items.stream().map(Item::outcome).toArray(CompletableFuture<?>[]::new));
        try {
            CompletableFuture.anyOf(all, stopping).get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new PollNotDoneException("not enough items ended within " + pollPatience);
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
        Arrival arrival = item.arrival();
        var unused = kafka.send(replies.ending(arrival.origin(), arrival.event(), outcome));
        if (outcome instanceof ItemOutcome.Failed(var reason)) {
            unused = kafka.send(ReplyRecords.deadLetter(arrival.origin(), reason));
        }
    }

    /** What is rolled back comes again: it must be remembered, and not be counted twice. */
    private void settleAfterCommit(List<ConsumerRecord<byte[], byte[]>> records, List<Item> items) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                nackMayBeHeld.set(false);
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
