package dev.triptych.wire;

import java.util.List;

/**
 * Objects found on a picture.
 *
 * @param model the model that detected
 * @param width of the picture as sent, in pixels, after its EXIF orientation
 * @param height likewise
 * @param objects best first
 */
public record DetectionResult(String model, int width, int height, List<DetectedObject> objects)
        implements VisionResult {

    /**
     * A named box with its probability.
     *
     * @param score between 0 and 1
     */
    public record DetectedObject(String label, double score, Box box) {}

    /** Corners in pixels of the picture as sent; where a model reaches over the picture's edge, so does its box. */
    public record Box(double xmin, double ymin, double xmax, double ymax) {}
}
