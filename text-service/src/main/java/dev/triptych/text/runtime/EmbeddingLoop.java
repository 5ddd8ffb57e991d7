package dev.triptych.text.runtime;

import dev.triptych.text.generation.EmbeddingOutcome;
import dev.triptych.text.generation.EmbeddingRequest;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.scheduler.AdmissionPolicy;
import dev.triptych.text.scheduler.AdmissionPolicy.Decision;
import dev.triptych.text.step.EmbeddingExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of one encoder: a platform thread that owns the session. Texts come in through a bounded queue and leave as
 * vectors, batch by batch; a failed batch ends its own texts and the loop goes on.
 */
public final class EmbeddingLoop implements ModelEngine {

    private static final Logger log = LoggerFactory.getLogger(EmbeddingLoop.class);
    private static final Duration RESTART = Duration.ofSeconds(10);

    private final String name;
    private final EmbeddingExecutor executor;
    private final EmbeddingBatch batching;
    private final AdmissionGate gate;
    private final EngineHealth health = new EngineHealth();
    private final TimeSource time;
    private final RuntimeListener listener;
    private final RequestReports reports;
    private final EngineThread thread = new EngineThread();
    private final BlockingQueue<Arrival> arrivals;
    private final ConcurrentMap<String, PendingEmbedding> inFlight = new ConcurrentHashMap<>();
    private final List<PendingEmbedding> waiting = new ArrayList<>();

    private volatile boolean open = true;
    private volatile boolean stopping;
    private volatile long quietSinceNanos;
    private boolean ended;

    private sealed interface Arrival {}

    private record Text(PendingEmbedding pending) implements Arrival {}

    /** Something changed that is not a text. */
    private record Wake() implements Arrival {}

    /**
     * How batches are built.
     *
     * @param maxRows most texts
     * @param maxTokens most padded positions
     */
    public record Batching(int maxRows, int maxTokens) {}

    public EmbeddingLoop(
            String name,
            EmbeddingExecutor executor,
            Batching batching,
            AdmissionPolicy admission,
            TimeSource time,
            RuntimeListener listener) {
        this.name = name;
        this.executor = executor;
        this.batching = new EmbeddingBatch(batching.maxRows(), batching.maxTokens());
        this.gate = new AdmissionGate(admission, batching.maxRows());
        this.arrivals = new ArrayBlockingQueue<>(admission.maxRequests() + 16);
        this.time = time;
        this.listener = listener;
        this.reports = new RequestReports(listener);
    }

    /** Starts the thread. */
    public void start() {
        thread.start(name, this::loop);
    }

    /** Queues a text; from any thread. */
    public Submission submit(EmbeddingRequest request, Consumer<EmbeddingOutcome> sink) {
        long now = time.nanos();
        if (!open) {
            return new Submission.Unavailable(RESTART, "the model is shutting down");
        }
        if (!health.admits(now)) {
            return new Submission.Unavailable(RESTART, "the model's engine failed: " + health.reason());
        }
        PendingEmbedding pending = new PendingEmbedding(
                request,
                sink,
                now,
                request.deadline().map(time::nanosAt).orElse(Long.MAX_VALUE),
                listener.traced(RuntimeListener.EMBED, request.tokenIds().size()));
        if (gate.enter(pending.entry(), pending.nanosLeft(now)) instanceof Decision.Refuse refuse) {
            return new Submission.Overloaded(refuse.retryAfter(), refuse.message());
        }
        if (inFlight.putIfAbsent(request.id(), pending) != null) {
            gate.left(pending.entry());
            throw new IllegalArgumentException("a request with the id '" + request.id() + "' is in flight already");
        }
        Arrival text = new Text(pending);
        boolean queued = arrivals.offer(text);
        // The loop may have ended in between; then nobody will read the queue any more.
        if (queued && (open || !arrivals.remove(text))) {
            return new Submission.Accepted();
        }
        inFlight.remove(request.id(), pending);
        gate.left(pending.entry());
        return open
                ? new Submission.Overloaded(Duration.ofSeconds(1), "the model's queue is full")
                : new Submission.Unavailable(RESTART, "the model is shutting down");
    }

    /** Lets a text go before the next batch; from any thread, idempotent. */
    public void cancel(String requestId) {
        PendingEmbedding pending = inFlight.get(requestId);
        if (pending != null) {
            pending.cancel();
        }
    }

    /** What ails the engine; empty while it may be given work. From any thread. */
    public String ailment() {
        return health.admits(time.nanos()) ? "" : health.reason();
    }

    @Override
    public Duration idle() {
        return inFlight.isEmpty() ? Duration.ofNanos(time.nanos() - quietSinceNanos) : Duration.ZERO;
    }

    @Override
    public void drain() {
        open = false;
        arrivals.offer(new Wake());
    }

    @Override
    public boolean awaitEnd(Duration patience) {
        boolean finished = thread.join(patience);
        if (!finished) {
            close();
        }
        return finished;
    }

    @Override
    public void close() {
        stopping = true;
        drain();
        thread.join();
    }

    private void loop() {
        try {
            while (!ended) {
                if (!runOnce() && !ended) {
                    accept(arrivals.take());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end("the engine was interrupted");
        } catch (RuntimeException | Error e) {
            log.error("the engine of {} ended unexpectedly", name, e);
            end("the engine ended unexpectedly: " + e);
            throw e;
        }
    }

    /**
     * One turn.
     *
     * @return false when there is nothing to do before something arrives
     */
    boolean runOnce() {
        for (Arrival arrival = arrivals.poll(); arrival != null; arrival = arrivals.poll()) {
            accept(arrival);
        }
        if (stopping) {
            end("the service is shutting down");
            return false;
        }
        retireUnwanted();
        listener.loadChanged(gate.waiting(), 0);
        if (waiting.isEmpty()) {
            if (!open) {
                end("the model was drained");
            }
            return false;
        }
        List<PendingEmbedding> batch = batching.next(waiting);
        waiting.removeAll(batch);
        run(batch);
        return true;
    }

    private void accept(Arrival arrival) {
        if (arrival instanceof Text text) {
            waiting.add(text.pending());
        }
    }

    private void retireUnwanted() {
        long now = time.nanos();
        for (Iterator<PendingEmbedding> all = waiting.iterator(); all.hasNext(); ) {
            PendingEmbedding pending = all.next();
            if (pending.cancelled() || pending.expired(now)) {
                all.remove();
                gate.left(pending.entry());
                finish(pending, pending.cancelled() ? FinishReason.CANCELLED : FinishReason.DEADLINE, "");
            }
        }
    }

    private void run(List<PendingEmbedding> batch) {
        long now = time.nanos();
        int tokens = 0;
        int longest = 0;
        for (PendingEmbedding pending : batch) {
            gate.started(pending.entry());
            pending.admitted(now);
            reports.admitted(pending.trace(), now - pending.arrivalNanos(), pending.length());
            tokens += pending.length();
            longest = Math.max(longest, pending.length());
        }
        listener.loadChanged(gate.waiting(), batch.size());
        List<float[]> vectors;
        try {
            vectors = StepEvent.around(
                    name,
                    batch.stream().map(pending -> pending.request().tokenIds()).toList(),
                    executor);
        } catch (RuntimeException e) {
            log.error("a batch of {} with {} texts failed", name, batch.size(), e);
            listener.failed();
            health.failure("the engine failed: " + e.getMessage(), time.nanos());
            batch.forEach(pending -> finish(pending, FinishReason.ERROR, health.reason()));
            return;
        } finally {
            long took = time.nanos() - now;
            batch.forEach(pending -> {
                pending.encoded(took);
                gate.ended(pending.entry());
            });
            gate.stepped(took);
        }
        health.success();
        listener.stepped(batch.size());
        listener.encoded(1 - (double) tokens / ((long) batch.size() * longest));
        for (int i = 0; i < batch.size(); i++) {
            if (Float.isFinite(vectors.get(i)[0])) {
                settle(batch.get(i), FinishReason.STOP, new EmbeddingOutcome.Embedded(vectors.get(i)));
            } else {
                finish(batch.get(i), FinishReason.ERROR, "the model's hidden states are no numbers");
            }
        }
    }

    private void finish(PendingEmbedding pending, FinishReason reason, String message) {
        settle(pending, reason, new EmbeddingOutcome.Ended(reason, message));
    }

    private void settle(PendingEmbedding pending, FinishReason reason, EmbeddingOutcome outcome) {
        quietSinceNanos = time.nanos();
        inFlight.remove(pending.request().id(), pending);
        pending.finish(outcome);
        reports.finished(pending.trace(), reason, pending.timing(), time.nanos() - pending.arrivalNanos(), 0);
    }

    private void end(String message) {
        open = false;
        ended = true;
        // Texts that were under way when the loop closed.
        for (Arrival arrival = arrivals.poll(); arrival != null; arrival = arrivals.poll()) {
            accept(arrival);
        }
        for (PendingEmbedding pending : waiting) {
            gate.left(pending.entry());
            finish(pending, FinishReason.ERROR, message);
        }
        waiting.clear();
        listener.loadChanged(gate.waiting(), 0);
    }
}
