package dev.triptych.wire;

/** What a vision model found on one picture, what HTTP answers and, of most kinds, the value of a record on {@link Topics#VISION_RESULTS}. */
public sealed interface VisionResult
        permits ClassificationResult, DetectionResult, SegmentationResult, AttentionResult {

    /** The model that answered. */
    String model();

    /** Width of the picture as sent, in pixels, after its EXIF orientation. */
    int width();

    /** Height likewise. */
    int height();
}
