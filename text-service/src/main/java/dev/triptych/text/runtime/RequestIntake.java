package dev.triptych.text.runtime;

import dev.triptych.text.decoding.search.Searches;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.scheduler.AdmissionPolicy;
import dev.triptych.text.scheduler.AdmissionPolicy.Decision;
import dev.triptych.text.scheduler.RequestState;
import dev.triptych.text.scheduler.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way into an engine loop, safe from any thread: admission, the requests in flight by id, and the mailbox. Whatever
 * it cannot take it says at once.
 */
final class RequestIntake {

    private static final Duration RESTART = Duration.ofSeconds(10);

    private final Mailbox mailbox;
    private final AdmissionGate gate;
    private final EngineHealth health;
    private final TimeSource time;
    private final Searches searches;
    private final OptionalInt decoderStart;
    private final ConcurrentMap<String, ActiveRequest> inFlight = new ConcurrentHashMap<>();
    private final AtomicLong sequences = new AtomicLong();
    private volatile boolean open = true;
    private volatile long quietSinceNanos;

    /**
     * @param scheduler its rows and the queue's bound together bound the commands under way
     * @param searches how tokens are chosen
     * @param decoderStart the decoder's first input; none where the output continues the prompt
     */
    RequestIntake(
            AdmissionPolicy admission,
            Scheduler scheduler,
            EngineHealth health,
            TimeSource time,
            Searches searches,
            OptionalInt decoderStart) {
        // Each request in flight has one submit and at most one cancel under way; drain and stop are rare.
        this.mailbox = new Mailbox(2 * (admission.maxRequests() + scheduler.maxRows()) + 16);
        this.gate = new AdmissionGate(admission, scheduler.maxRequestRows());
        this.health = health;
        this.time = time;
        this.searches = searches;
        this.decoderStart = decoderStart;
        this.quietSinceNanos = time.nanos();
    }

    /** Counts a request in that is yet to be tokenized. */
    Arrival arrive(Strategy strategy) {
        AdmissionGate.Entry entry = AdmissionGate.Entry.arriving(strategy);
        if (gate.enter(entry, Long.MAX_VALUE) instanceof Decision.Refuse refuse) {
            return Arrival.refused(new Submission.Overloaded(refuse.retryAfter(), refuse.message()));
        }
        return Arrival.counted(() -> gate.left(entry));
    }

    /** @param listener gives the request's trace */
    Submission submit(GenerationRequest request, EventSink sink, RuntimeListener listener) {
        long now = time.nanos();
        if (!open) {
            return new Submission.Unavailable(RESTART, "the model is shutting down");
        }
        if (!health.admits(now)) {
            return new Submission.Unavailable(RESTART, "the model's engine failed: " + health.reason());
        }
        AdmissionGate.Entry entry = AdmissionGate.Entry.of(request);
        long left =
                request.deadline().map(deadline -> time.nanosAt(deadline) - now).orElse(Long.MAX_VALUE);
        if (gate.enter(entry, left) instanceof Decision.Refuse refuse) {
            return new Submission.Overloaded(refuse.retryAfter(), refuse.message());
        }
        RequestTrace trace =
                listener.traced(RuntimeListener.GENERATE, request.promptIds().size());
        ActiveRequest active = activate(request, sink, now, trace);
        if (inFlight.putIfAbsent(request.id(), active) != null) {
            gate.left(entry);
            throw new IllegalArgumentException("a request with the id '" + request.id() + "' is in flight already");
        }
        return enqueue(active);
    }

    private ActiveRequest activate(GenerationRequest request, EventSink sink, long now, RequestTrace trace) {
        return new ActiveRequest(
                request,
                sink,
                new RequestState(sequences.getAndIncrement(), request, now),
                searches.start(
                        request.parameters(),
                        decoderStart.isPresent() ? List.of(decoderStart.getAsInt()) : request.promptIds(),
                        request.promptIds().size()),
                request.deadline().map(time::nanosAt).orElse(Long.MAX_VALUE),
                trace);
    }

    private Submission enqueue(ActiveRequest active) {
        Command command = new Command.Submit(active);
        boolean queued = mailbox.offer(command);
        // The loop may have ended in between; then nobody will read the mailbox any more.
        if (queued && (open || !mailbox.retract(command))) {
            return new Submission.Accepted();
        }
        forget(active);
        active.leave(gate);
        return open
                ? new Submission.Overloaded(Duration.ofSeconds(1), "the model's mailbox is full")
                : new Submission.Unavailable(RESTART, "the model is shutting down");
    }

    void cancel(String requestId) {
        ActiveRequest active = inFlight.get(requestId);
        if (active != null && active.markCancelled()) {
            mailbox.offer(new Command.Cancel(requestId));
        }
    }

    /** Sends the loop a command that is not about a request. */
    void command(Command command) {
        if (!mailbox.offer(command)) {
            throw new IllegalStateException("the mailbox is full although every command is accounted for");
        }
    }

    /** Refuses requests from now on. */
    void close() {
        open = false;
    }

    int inFlight() {
        return inFlight.size();
    }

    Mailbox mailbox() {
        return mailbox;
    }

    AdmissionGate gate() {
        return gate;
    }

    void forget(ActiveRequest active) {
        quietSinceNanos = time.nanos();
        inFlight.remove(active.id(), active);
    }

    /** How long nothing has been in flight. */
    Duration idle() {
        return inFlight.isEmpty() ? Duration.ofNanos(time.nanos() - quietSinceNanos) : Duration.ZERO;
    }
}
