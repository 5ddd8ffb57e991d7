package dev.triptych.vision.batching;

import dev.triptych.vision.image.RgbImage;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers pictures into batches by size and delay and runs them on the thread {@code engine-<model>}, which owns the
 * runner. In: a bounded queue; a full one is overloaded at once. Out: each ticket's future.
 *
 * <p>Pictures of different sizes, or that want different outputs, are gathered together and run one kind after another.
 * A picture whose caller has gone or whose deadline has passed is dropped before the run. A failed run fails the
 * pictures of its batch only.
 */
public final class MicroBatcher implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(MicroBatcher.class);

    /** Between two looks at whether to stop; no wait here is longer. */
    private static final Duration IDLE_WAIT = Duration.ofMillis(100);

    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(20);
    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);

    private final String model;
    private final BatchRunner runner;
    private final BatchSettings settings;
    private final BatchListener listener;
    private final Clock clock;
    private final BlockingQueue<BatchTicket> queue;
    private final Thread thread;

    private final AtomicBoolean closed = new AtomicBoolean();

    private volatile boolean draining;
    private volatile int running;
    private volatile double secondsPerImage;

    public MicroBatcher(String model, BatchRunner runner, BatchSettings settings, BatchListener listener, Clock clock) {
        this.model = model;
        this.runner = runner;
        this.settings = settings;
        this.listener = listener;
        this.clock = clock;
        this.queue = new ArrayBlockingQueue<>(settings.queueCapacity());
        this.thread = Thread.ofPlatform().name("engine-" + model).daemon(true).unstarted(this::runUntilDrained);
    }

    /** Starts the thread; before that, pictures only wait. */
    public void start() {
        thread.start();
    }

    /**
     * Queues a prepared picture.
     *
     * @param wanted names of the graph's outputs that are asked for
     * @param deadline when nobody waits any more
     * @throws TriptychException.Overloaded if the queue is full or the batcher is closing
     */
    public BatchTicket submit(RgbImage image, Set<String> wanted, Instant deadline) {
        if (draining) {
            throw new TriptychException.Overloaded(
                    ErrorCode.UNAVAILABLE, SHORTEST_RETRY, "model '" + model + "' is shutting down");
        }
        BatchTicket ticket = new BatchTicket(image, wanted, clock.instant(), deadline, listener.queued());
        if (!queue.offer(ticket)) {
            throw new TriptychException.Overloaded(
                    ErrorCode.OVERLOADED,
                    expectedWait(),
                    "model '" + model + "' has " + settings.queueCapacity() + " pictures waiting, which is its limit");
        }
        if (draining && !thread.isAlive() && queue.remove(ticket)) {
            throw unavailable();
        }
        return ticket;
    }

    /** Pictures in the queue. */
    public int waiting() {
        return queue.size();
    }

    /** Rows of the model call in progress. */
    public int running() {
        return running;
    }

    /** Whether pictures are still being served: false once the thread has died or was closed. */
    public boolean isAlive() {
        return thread.isAlive();
    }

    /** Stops taking pictures, finishes those that wait, ends the thread and frees the runner. Idempotent. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        draining = true;
        if (thread.getState() == Thread.State.NEW) {
            failAll(queue.stream().toList(), unavailable());
            runner.close();
            return;
        }
        try {
            if (!thread.join(DRAIN_LIMIT)) {
                log.warn(
                        "model {} did not drain within {}; its memory stays until the process ends",
                        model,
                        DRAIN_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The runner is freed by its owner, so never under a native call in progress. */
    private void runUntilDrained() {
        try (BatchRunner owned = runner) {
            while (!draining || !queue.isEmpty()) {
                runOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            draining = true;
            List<BatchTicket> left = new ArrayList<>();
            queue.drainTo(left);
            failAll(left, unavailable());
        }
    }

    /**
     * Gathers one batch, or waits {@link #IDLE_WAIT} in vain, and runs what is still wanted of it: in one run where all
     * pictures have one size and want the same.
     */
    void runOnce() throws InterruptedException {
        List<BatchTicket> gathered = gather();
        try {
            runByKind(gathered);
        } catch (Error e) {
            failAll(gathered, unavailable());
            throw e;
        }
    }

    private void runByKind(List<BatchTicket> gathered) {
        Map<BatchTicket.Kind, List<BatchTicket>> kinds = gathered.stream()
                .collect(Collectors.groupingBy(BatchTicket::kind, LinkedHashMap::new, Collectors.toList()));
        for (Map.Entry<BatchTicket.Kind, List<BatchTicket>> entry : kinds.entrySet()) {
            BatchTicket.Kind kind = entry.getKey();
            List<BatchTicket> tickets = entry.getValue();
            int most = runner.maxRows(kind.width(), kind.height(), kind.wanted());
            for (int from = 0; from < tickets.size(); from += most) {
                runLive(kind.wanted(), tickets.subList(from, Math.min(from + most, tickets.size())));
            }
        }
    }

    private void runLive(Set<String> wanted, List<BatchTicket> tickets) {
        List<BatchTicket> live = live(tickets);
        if (!live.isEmpty()) {
            running = live.size();
            try {
                execute(wanted, live);
            } finally {
                running = 0;
            }
        }
    }

    private List<BatchTicket> gather() throws InterruptedException {
        List<BatchTicket> batch = new ArrayList<>(settings.maxImages());
        BatchTicket first = queue.poll(IDLE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
            return batch;
        }
        batch.add(first);
        queue.drainTo(batch, settings.maxImages() - 1);
        while (batch.size() < settings.maxImages()) {
            Duration left =
                    Duration.between(clock.instant(), first.submittedAt().plus(settings.maxDelay()));
            BatchTicket next = left.isPositive() ? queue.poll(left.toNanos(), TimeUnit.NANOSECONDS) : null;
            if (next == null) {
                break;
            }
            batch.add(next);
        }
        return batch;
    }

    private List<BatchTicket> live(List<BatchTicket> gathered) {
        Instant now = clock.instant();
        List<BatchTicket> live = new ArrayList<>(gathered.size());
        for (BatchTicket ticket : gathered) {
            Duration waited = Duration.between(ticket.submittedAt(), now);
            if (!ticket.isLive()) {
                continue;
            }
            if (now.isAfter(ticket.deadline())) {
                ticket.outputs()
                        .completeExceptionally(new TriptychException.Failed(
                                ErrorCode.DEADLINE_EXCEEDED,
                                "the deadline passed while the picture waited its turn for " + waited.toMillis()
                                        + " ms",
                                null));
                continue;
            }
            try (PictureTrace.Scope _ = ticket.trace().enter()) {
                listener.dequeued(model, waited);
            }
            live.add(ticket);
        }
        return live;
    }

    private void execute(Set<String> wanted, List<BatchTicket> live) {
        listener.batchStarted(model, live.size());
        Instant start = clock.instant();
        try {
            List<RowOutputs> outputs = BatchEvent.around(
                    model, live.stream().map(BatchTicket::image).toList(), wanted, runner);
            measure(Duration.between(start, clock.instant()), live.size());
            for (int row = 0; row < live.size(); row++) {
                live.get(row).outputs().complete(outputs.get(row));
            }
        } catch (RuntimeException | Error e) {
            log.error("model {} failed on a batch of {}", model, live.size(), e);
            failAll(live, new TriptychException.Failed(ErrorCode.INTERNAL, "the model failed on this batch", e));
            if (e instanceof Error fatal) {
                throw fatal;
            }
        }
    }

    /** A moving average, so that {@code Retry-After} follows the load. */
    private void measure(Duration took, int rows) {
        double sample = took.toNanos() / 1e9 / rows;
        secondsPerImage = secondsPerImage == 0 ? sample : 0.9 * secondsPerImage + 0.1 * sample;
    }

    private Duration expectedWait() {
        Duration wait = Duration.ofNanos((long) (secondsPerImage * settings.queueCapacity() * 1e9));
        return wait.compareTo(SHORTEST_RETRY) < 0 ? SHORTEST_RETRY : wait;
    }

    private TriptychException unavailable() {
        return new TriptychException.Overloaded(
                ErrorCode.UNAVAILABLE, SHORTEST_RETRY, "model '" + model + "' was shut down");
    }

    private static void failAll(List<BatchTicket> tickets, Throwable reason) {
        for (BatchTicket ticket : tickets) {
            ticket.outputs().completeExceptionally(reason);
        }
    }
}
