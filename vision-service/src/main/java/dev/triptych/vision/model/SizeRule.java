package dev.triptych.vision.model;

import dev.triptych.vision.image.ImagePreprocessor;
import dev.triptych.vision.image.PreprocessingSettings;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;

/**
 * The sizes that a graph takes beside its own, because it fits its positions to them itself.
 *
 * @param settings the model's own preprocessing
 * @param multiple what a size must be a multiple of, in pixels
 * @param most the largest size, in pixels
 */
public record SizeRule(PreprocessingSettings settings, int multiple, int most) {

    /**
     * Preprocessing to another size: of both edges, or where the model keeps the aspect ratio of the shorter one.
     *
     * @throws TriptychException.Rejected naming the bound that the size breaks
     */
    public ImagePreprocessor preprocessor(int size) {
        if (size < multiple || size > most || size % multiple != 0) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD,
                    "size",
                    "size must be a multiple of " + multiple + " from " + multiple + " to " + most + ", got " + size);
        }
        return new ImagePreprocessor(settings.sized(size).orElse(settings));
    }
}
