package dev.triptych.vision.vit;

import dev.triptych.vision.batching.BatchTicket;
import dev.triptych.wire.VisionResult;
import java.util.concurrent.CompletableFuture;

/** A caller's handle on a submitted request. Cancelling is idempotent and may come too late. */
public final class PendingAnalysis {

    private final CompletableFuture<VisionResult> result = new CompletableFuture<>();

    PendingAnalysis() {}

    /** The answer, or a {@link dev.triptych.wire.TriptychException}. Completed off the engine thread. */
    public CompletableFuture<VisionResult> result() {
        return result;
    }

    /** Says that nobody wants the answer any more; work not begun yet is dropped. */
    public void cancel() {
        result.cancel(false);
    }

    /** From here on, whatever ends the request frees its place in the batch. */
    void attach(BatchTicket ticket) {
        result.whenComplete((answer, error) -> ticket.cancel());
    }
}
