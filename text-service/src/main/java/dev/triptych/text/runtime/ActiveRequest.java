package dev.triptych.text.runtime;

import dev.triptych.text.decoding.Sequence;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationEvent.GenerationTiming;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.scheduler.RequestState;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A request in flight with its sequence and its way out. The engine's thread owns all of it, except for the step count,
 * which a cancelling thread reads to tell how long the row outlives its cancel.
 */
final class ActiveRequest {

    /** Not cancelled yet. */
    private static final int NEVER = -1;

    private final GenerationRequest request;
    private final EventSink sink;
    private final RequestState state;
    private final Sequence sequence;
    private final long deadlineNanos;
    private final AtomicInteger steps = new AtomicInteger();
    private final AtomicInteger cancelledAtStep = new AtomicInteger(NEVER);

    private boolean sinkClosed;
    private long queueNanos;
    private long encodeNanos;
    private long decodeNanos;
    private long lastTokenNanos;

    ActiveRequest(
            GenerationRequest request, EventSink sink, RequestState state, Sequence sequence, long deadlineNanos) {
        this.request = request;
        this.sink = sink;
        this.state = state;
        this.sequence = sequence;
        this.deadlineNanos = deadlineNanos;
    }

    String id() {
        return request.id();
    }

    GenerationRequest request() {
        return request;
    }

    RequestState state() {
        return state;
    }

    Sequence sequence() {
        return sequence;
    }

    int maxNewTokens() {
        return state.maxNewTokens();
    }

    /** Records that the client no longer wants it; the first call counts. From any thread. */
    boolean markCancelled() {
        return cancelledAtStep.compareAndSet(NEVER, steps.get());
    }

    boolean cancelled() {
        return cancelledAtStep.get() != NEVER;
    }

    int stepsAfterCancel() {
        return steps.get() - cancelledAtStep.get();
    }

    boolean expired(long nowNanos) {
        return request.deadline().isPresent() && nowNanos - deadlineNanos >= 0;
    }

    /** Records that the prompt was encoded. */
    void admitted(long nowNanos, long encodeNanos) {
        this.queueNanos = nowNanos - state.arrivalNanos();
        this.encodeNanos = encodeNanos;
    }

    /** Records a token and the time it came at. */
    void append(int tokenId, double logProb, long nowNanos) {
        sequence.append(tokenId, logProb);
        state.generated(tokenId);
        lastTokenNanos = nowNanos;
    }

    /** Records a decoder pass. */
    void stepped(long nanos) {
        decodeNanos += nanos;
        steps.incrementAndGet();
    }

    long queueNanos() {
        return queueNanos;
    }

    long lastTokenNanos() {
        return lastTokenNanos;
    }

    /**
     * Sends an event.
     *
     * @return false when the client is gone or too slow
     */
    boolean offer(GenerationEvent event) {
        if (sinkClosed) {
            return false;
        }
        try {
            sinkClosed = !sink.offer(event);
        } catch (RuntimeException e) {
            // A sink that throws is a client that is gone: it must not take the other rows with it.
            sinkClosed = true;
        }
        return !sinkClosed;
    }

    /** The final event's contents. */
    GenerationResult result(FinishReason reason, String message) {
        return new GenerationResult(
                reason,
                sequence.generated(),
                sequence.score(),
                new GenerationTiming(queueNanos, encodeNanos, decodeNanos, steps.get()),
                message);
    }
}
