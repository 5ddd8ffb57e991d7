package dev.triptych.wire;

import java.util.List;

/**
 * A classified picture, the value of a record on {@link Topics#VISION_RESULTS}.
 *
 * @param model the model that classified
 * @param width of the picture as sent, in pixels, after its EXIF orientation
 * @param height likewise
 * @param labels best first
 */
public record ClassificationResult(String model, int width, int height, List<Label> labels) implements VisionResult {

    /**
     * A class with its probability.
     *
     * @param score between 0 and 1
     */
    public record Label(String label, double score) {}
}
