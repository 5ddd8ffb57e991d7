package dev.triptych.vision.batching;

import dev.triptych.inference.OfflineShare;
import dev.triptych.vision.image.RgbImage;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers pictures into batches by size and delay and runs them on the thread {@code engine-<model>}, which owns the
 * runner. In: a bounded queue; a full one is overloaded at once. Out: each ticket's future. A batch has one priority:
 * offline pictures run while nobody waits, and beside those who do an eighth of the time.
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
    /** For so long after an interactive run another one is expected. */
    private static final long BRIEF_NANOS = 1_000_000_000;

    /** Offline batches are so many times smaller while somebody may come: who comes meanwhile waits for the run to end. */
    private static final int BRIEF_PARTS = 4;

    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);

    private final String model;
    private final BatchRunner runner;
    private final BatchSettings settings;
    private final BatchListener listener;
    private final Clock clock;
    private final TicketQueue queue;
    private final OfflineShare offline = new OfflineShare();
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
        this.queue = new TicketQueue(settings, clock);
        this.thread = Thread.ofPlatform().name("engine-" + model).daemon(true).unstarted(this::runUntilDrained);
    }

    /** Starts the thread; before that, pictures only wait. */
    public void start() {
        thread.start();
    }

    /** Queues a prepared picture that somebody waits for, as {@link #submit(BatchTicket.Wish, Instant)} does. */
    public BatchTicket submit(RgbImage image, Set<String> wanted, Instant deadline) {
        return submit(new BatchTicket.Wish(image, wanted, Priority.INTERACTIVE), deadline);
    }

    /**
     * Queues a prepared picture.
     *
     * @param deadline when nobody waits any more
     * @throws TriptychException.Overloaded if the queue is full or the batcher is closing
     */
    public BatchTicket submit(BatchTicket.Wish wish, Instant deadline) {
        if (draining) {
            throw new TriptychException.Overloaded(
                    ErrorCode.UNAVAILABLE, SHORTEST_RETRY, "model '" + model + "' is shutting down");
        }
        BatchTicket ticket = new BatchTicket(wish, clock.instant(), deadline, listener.queued());
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
            failAll(queue.removeAll(), unavailable());
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
            while (!draining || queue.size() > 0) {
                runOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            draining = true;
            failAll(queue.removeAll(), unavailable());
        }
    }

    /**
     * Gathers one batch, or waits {@link #IDLE_WAIT} in vain, and runs what is still wanted of it: in one run where all
     * pictures have one size and want the same.
     */
    void runOnce() throws InterruptedException {
        List<BatchTicket> gathered = queue.gather(turn(), IDLE_WAIT);
        if (gathered.isEmpty()) {
            return;
        }
        long began = nanos();
        try {
            runByKind(gathered);
            long now = nanos();
            offline.ran(gathered.getFirst().priority() == Priority.INTERACTIVE, now - began, now);
        } catch (Error e) {
            failAll(gathered, unavailable());
            throw e;
        }
    }

    private TicketQueue.Turn turn() {
        boolean brief = offline.sinceInteractiveNanos(nanos()) < BRIEF_NANOS;
        return new TicketQueue.Turn(
                offline.due() ? Priority.BATCH : Priority.INTERACTIVE,
                brief ? Math.max(1, settings.maxImages() / BRIEF_PARTS) : settings.maxImages());
    }

    private long nanos() {
        return ChronoUnit.NANOS.between(Instant.EPOCH, clock.instant());
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
