package dev.triptych.vision.vit;

import dev.triptych.vision.batching.Priority;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A validated wish to know something about a picture.
 *
 * @param model the model's id; {@code null}: the default one of the task
 * @param image the encoded picture, not empty; shared, not copied
 * @param options what is asked, and in what detail
 * @param size edge in pixels of what the model is to see; empty: its own
 * @param priority whether somebody waits for it
 */
@SuppressWarnings("ArrayRecordComponent") // Pictures are up to 20 MB; a copy would defend against nobody.
public record VisionRequest(
        @Nullable String model, byte[] image, VisionOptions options, OptionalInt size, Priority priority) {

    /** A request that somebody waits for. */
    public VisionRequest(@Nullable String model, byte[] image, VisionOptions options, OptionalInt size) {
        this(model, image, options, size, Priority.INTERACTIVE);
    }

    /** A request at the model's own size. */
    public VisionRequest(@Nullable String model, byte[] image, VisionOptions options) {
        this(model, image, options, OptionalInt.empty());
    }

    /** @throws TriptychException.Rejected if there is no picture */
    public VisionRequest {
        if (image.length == 0) {
            throw new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, "image", "the picture is empty");
        }
    }

    /** The same as offline work: it yields to what somebody waits for, and has no deadline. */
    public VisionRequest offline() {
        return new VisionRequest(model, image, options, size, Priority.BATCH);
    }
}
