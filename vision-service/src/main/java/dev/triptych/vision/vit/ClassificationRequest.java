package dev.triptych.vision.vit;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import org.jspecify.annotations.Nullable;

/**
 * A validated wish to have a picture classified.
 *
 * @param model the model's id; {@code null}: the default classifier
 * @param image the encoded picture, not empty; shared, not copied
 * @param topK most labels to answer
 * @param threshold least score of a label to answer; 0 leaves none out
 */
@SuppressWarnings("ArrayRecordComponent") // Pictures are up to 20 MB; a copy would defend against nobody.
public record ClassificationRequest(@Nullable String model, byte[] image, int topK, double threshold) {

    /** How many labels where none asks for another number. */
    public static final int DEFAULT_TOP_K = 5;

    private static final int MAX_TOP_K = 1000;

    /** @throws TriptychException.Rejected naming the field that breaks its rule */
    public ClassificationRequest {
        if (topK < 1 || topK > MAX_TOP_K) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD, "top_k", "top_k must be from 1 to " + MAX_TOP_K + ", got " + topK);
        }
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD, "threshold", "threshold must be from 0 to 1, got " + threshold);
        }
        if (image.length == 0) {
            throw new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, "image", "the picture is empty");
        }
    }
}
