package dev.triptych.vision.batching;

import dev.triptych.vision.image.RgbImage;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * A caller's handle on a submitted picture. It holds no state of the batcher but the future: cancelling only marks it,
 * the engine thread drops it before its next run. Cancelling is idempotent and may come too late.
 */
public final class BatchTicket {

    private final RgbImage image;
    private final Instant submittedAt;
    private final Instant deadline;
    private final CompletableFuture<float[]> scores = new CompletableFuture<>();

    BatchTicket(RgbImage image, Instant submittedAt, Instant deadline) {
        this.image = image;
        this.submittedAt = submittedAt;
        this.deadline = deadline;
    }

    /**
     * The picture's raw scores, float32 {@code [labels]}. Completed on the engine thread, so dependents that do more
     * than hand over belong on another executor.
     */
    public CompletableFuture<float[]> scores() {
        return scores;
    }

    /** Says that nobody wants the scores any more. */
    public void cancel() {
        scores.cancel(false);
    }

    boolean isLive() {
        return !scores.isDone();
    }

    RgbImage image() {
        return image;
    }

    Instant submittedAt() {
        return submittedAt;
    }

    Instant deadline() {
        return deadline;
    }
}
