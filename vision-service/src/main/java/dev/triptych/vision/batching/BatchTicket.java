package dev.triptych.vision.batching;

import dev.triptych.vision.image.RgbImage;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A caller's handle on a submitted picture. It holds no state of the batcher but the future: cancelling only marks it,
 * the engine thread drops it before its next run. Cancelling is idempotent and may come too late.
 */
public final class BatchTicket {

    private final RgbImage image;
    private final Set<String> wanted;
    private final Priority priority;
    private final Instant submittedAt;
    private final Instant deadline;
    private final PictureTrace trace;
    private final CompletableFuture<RowOutputs> outputs = new CompletableFuture<>();

    BatchTicket(Wish wish, Instant submittedAt, Instant deadline, PictureTrace trace) {
        this.image = wish.image();
        this.wanted = Set.copyOf(wish.wanted());
        this.priority = wish.priority();
        this.submittedAt = submittedAt;
        this.deadline = deadline;
        this.trace = trace;
    }

    /**
     * What a caller asks for.
     *
     * @param image prepared
     * @param wanted names of the graph's outputs
     */
    public record Wish(RgbImage image, Set<String> wanted, Priority priority) {}

    /** What pictures must have in common to share a run. */
    record Kind(int width, int height, Set<String> wanted) {}

    /**
     * What the graph gave for the picture. Completed on the engine thread, so dependents that do more than hand over
     * belong on another executor.
     */
    public CompletableFuture<RowOutputs> outputs() {
        return outputs;
    }

    /** Says that nobody wants the outputs any more. */
    public void cancel() {
        outputs.cancel(false);
    }

    boolean isLive() {
        return !outputs.isDone();
    }

    Kind kind() {
        return new Kind(image.width(), image.height(), wanted);
    }

    RgbImage image() {
        return image;
    }

    Priority priority() {
        return priority;
    }

    Instant submittedAt() {
        return submittedAt;
    }

    PictureTrace trace() {
        return trace;
    }

    Instant deadline() {
        return deadline;
    }
}
