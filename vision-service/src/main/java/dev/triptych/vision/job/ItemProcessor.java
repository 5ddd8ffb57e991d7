package dev.triptych.vision.job;

import dev.triptych.vision.vit.ImageAnalyzer;
import dev.triptych.vision.vit.PendingAnalysis;
import dev.triptych.vision.vit.VisionRequest;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import io.cloudevents.CloudEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Takes the records of one poll through the models, all at once, and tries again what may get better: a full queue
 * as long as it lasts, other failures a few times. Called on the listener's thread, which it blocks for a bounded time.
 */
final class ItemProcessor {

    /** How often an item is tried that fails without being at fault. */
    private static final int ATTEMPTS = 3;

    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(1);

    private final ItemReader reader;
    private final ImageAnalyzer analyzer;
    private final Clock clock;
    private final Patience patience;

    /**
     * How long to wait.
     *
     * @param result for one answer; over the analyzer's own deadline
     * @param backoff before the first retry; doubles with each up to about a second
     * @param total for all retries of a poll, after which the poll is given back to Kafka
     */
    record Patience(Duration result, Duration backoff, Duration total) {}

    ItemProcessor(ItemReader reader, ImageAnalyzer analyzer, Clock clock, Patience patience) {
        this.reader = reader;
        this.analyzer = analyzer;
        this.clock = clock;
        this.patience = patience;
    }

    /** There is still no room; the poll is to be redelivered later. */
    static final class StillOverloadedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        StillOverloadedException(TriptychException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * The outcome of every record, in order.
     *
     * @throws StillOverloadedException if the service stays full beyond its patience
     */
    List<Item> process(List<ConsumerRecord<byte[], byte[]>> records) throws InterruptedException {
        List<Work> works = new ArrayList<>(records.size());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            works.add(read(record));
        }
        Instant until = clock.instant().plus(patience.total());
        Duration backoff = patience.backoff();
        attempt(works);
        while (works.stream().anyMatch(Work::isOpen)) {
            if (clock.instant().isAfter(until)) {
                throwIfOverloaded(works);
            }
            Thread.sleep(backoff);
            backoff = backoff.compareTo(LONGEST_BACKOFF) < 0 ? backoff.multipliedBy(2) : backoff;
            attempt(works);
        }
        return works.stream().map(Work::item).toList();
    }

    private Work read(ConsumerRecord<byte[], byte[]> record) {
        Work work = new Work(record);
        try {
            work.event = ItemReader.event(record);
            work.request = reader.request(work.event);
        } catch (TriptychException e) {
            work.outcome = new Item.Failed(e);
        }
        return work;
    }

    private void attempt(List<Work> works) throws InterruptedException {
        List<Work> open = works.stream().filter(Work::isOpen).toList();
        for (Work work : open) {
            if (work.request != null) {
                work.pending = analyzer.submit(work.request);
            }
        }
        for (Work work : open) {
            await(work);
        }
    }

    private void await(Work work) throws InterruptedException {
        PendingAnalysis pending = work.pending;
        if (pending == null) {
            return;
        }
        try {
            work.outcome =
                    new Item.Answered(pending.result().get(patience.result().toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            work.failed(triptych(e.getCause()));
        } catch (TimeoutException e) {
            pending.cancel();
            work.failed(new TriptychException.Failed(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "no answer within " + patience.result().toMillis() + " ms",
                    e));
        }
    }

    private static TriptychException triptych(@Nullable Throwable error) {
        return error instanceof TriptychException known
                ? known
                : new TriptychException.Failed(ErrorCode.INTERNAL, "the picture could not be processed", error);
    }

    private static void throwIfOverloaded(List<Work> works) {
        for (Work work : works) {
            TriptychException error = work.lastError;
            if (work.isOpen() && error != null) {
                throw new StillOverloadedException(error);
            }
        }
    }

    /** One record's state while it is being worked on; local to one call. */
    private static final class Work {

        private final ConsumerRecord<byte[], byte[]> record;
        private @Nullable CloudEvent event;
        private @Nullable VisionRequest request;
        private @Nullable PendingAnalysis pending;
        private Item.@Nullable Outcome outcome;
        private @Nullable TriptychException lastError;
        private int failures;

        Work(ConsumerRecord<byte[], byte[]> record) {
            this.record = record;
        }

        boolean isOpen() {
            return outcome == null;
        }

        /** A full queue is no fault of the item's, so it does not count as an attempt. */
        void failed(TriptychException error) {
            lastError = error;
            ErrorCode.Category category = error.code().category();
            if (category == ErrorCode.Category.CAPACITY) {
                return;
            }
            failures++;
            if (category == ErrorCode.Category.USER || failures >= ATTEMPTS) {
                outcome = new Item.Failed(error);
            }
        }

        Item item() {
            Item.Outcome ended = outcome;
            if (ended == null) {
                throw new IllegalStateException("the item at offset " + record.offset() + " has not ended");
            }
            return new Item(record, event, ended);
        }
    }
}
