package dev.triptych.text.runtime;

import dev.triptych.text.generation.EmbeddingOutcome;
import dev.triptych.text.generation.EmbeddingRequest;
import dev.triptych.text.generation.GenerationEvent.GenerationTiming;
import java.util.function.Consumer;

/** A text on its way to its vector. The engine's thread owns it, except for the mark that a cancelling thread sets. */
final class PendingEmbedding {

    private static final long NANOS_PER_TOKEN = 100_000;

    private final EmbeddingRequest request;
    private final Consumer<EmbeddingOutcome> sink;
    private final long arrivalNanos;
    private final long deadlineNanos;
    private final RequestTrace trace;
    private long queueNanos;
    private long encodeNanos;
    private volatile boolean cancelled;

    PendingEmbedding(
            EmbeddingRequest request,
            Consumer<EmbeddingOutcome> sink,
            long arrivalNanos,
            long deadlineNanos,
            RequestTrace trace) {
        this.request = request;
        this.sink = sink;
        this.arrivalNanos = arrivalNanos;
        this.deadlineNanos = deadlineNanos;
        this.trace = trace;
    }

    EmbeddingRequest request() {
        return request;
    }

    int length() {
        return request.tokenIds().size();
    }

    long arrivalNanos() {
        return arrivalNanos;
    }

    RequestTrace trace() {
        return trace;
    }

    /** Records that its batch begins. */
    void admitted(long nowNanos) {
        queueNanos = nowNanos - arrivalNanos;
    }

    /** Records how long its batch took. */
    void encoded(long nanos) {
        encodeNanos = nanos;
    }

    GenerationTiming timing() {
        return new GenerationTiming(queueNanos, encodeNanos, 0, encodeNanos > 0 ? 1 : 0);
    }

    /** A long text lets those pass that come a little later and are shorter, by what it takes about to read it. */
    long turnNanos() {
        return arrivalNanos + length() * NANOS_PER_TOKEN;
    }

    void cancel() {
        cancelled = true;
    }

    boolean cancelled() {
        return cancelled;
    }

    AdmissionGate.Entry entry() {
        return AdmissionGate.Entry.of(length(), request.priority());
    }

    long nanosLeft(long nowNanos) {
        return request.deadline().isPresent() ? deadlineNanos - nowNanos : Long.MAX_VALUE;
    }

    boolean expired(long nowNanos) {
        return request.deadline().isPresent() && nowNanos - deadlineNanos >= 0;
    }

    /** Tells the client; a sink that throws is a client that is gone. */
    void finish(EmbeddingOutcome outcome) {
        try {
            sink.accept(outcome);
        } catch (RuntimeException e) {
            cancelled = true;
        }
    }
}
