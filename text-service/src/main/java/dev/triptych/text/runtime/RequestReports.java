package dev.triptych.text.runtime;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationEvent.GenerationTiming;
import dev.triptych.text.scheduler.RequestState;

/**
 * Tells what becomes of requests, on the engine's thread: to the loop's listener in the scope of the request's trace, so
 * that what it measures points to the trace, and to the trace itself.
 */
record RequestReports(RuntimeListener listener) {

    void admitted(RequestTrace trace, long queueNanos, int promptTokens) {
        try (RequestTrace.Scope _ = trace.enter()) {
            listener.admitted(queueNanos, promptTokens);
        }
    }

    /**
     * A token was generated.
     *
     * @param further whether it is not the request's first
     * @param sinceNanos since the one before, or since the submission
     */
    void token(RequestTrace trace, boolean further, long sinceNanos) {
        try (RequestTrace.Scope _ = trace.enter()) {
            if (further) {
                listener.nextToken(sinceNanos);
            } else {
                trace.firstToken();
                listener.firstToken(sinceNanos);
            }
        }
    }

    /** What the passes of an ended request came to, where its strategy has passes of its own. */
    void passes(RequestState state, GenerationResult result) {
        boolean whole = result.reason() == FinishReason.STOP || result.reason() == FinishReason.LENGTH;
        if (whole && state.parallel()) {
            listener.refined(result.timing().steps());
        }
        if (state.drafted()) {
            listener.drafted(result.timing().drafted(), result.timing().accepted());
        }
    }

    /**
     * The request ended.
     *
     * @param totalNanos since its submission
     * @param generatedTokens of all its sequences; 0 of an encoder
     */
    void finished(
            RequestTrace trace, FinishReason reason, GenerationTiming timing, long totalNanos, int generatedTokens) {
        try (RequestTrace.Scope _ = trace.enter()) {
            listener.finished(reason, totalNanos, generatedTokens);
        }
        trace.ended(reason, timing, generatedTokens);
    }
}
