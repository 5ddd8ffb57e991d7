package dev.triptych.wire;

import java.util.List;

/**
 * The areas of a picture by what they show; every pixel belongs to at most one.
 *
 * @param model the model that segmented
 * @param width of the picture as sent, in pixels, after its EXIF orientation
 * @param height likewise
 * @param segments largest first
 */
public record SegmentationResult(String model, int width, int height, List<Segment> segments) implements VisionResult {

    /**
     * All pixels of one label.
     *
     * @param score the label's mean probability over the segment, between 0 and 1
     * @param area in pixels
     */
    public record Segment(String label, double score, long area, Mask mask) {}

    /**
     * A mask in COCO's compressed run-length form, as {@code pycocotools.mask.decode} reads it.
     *
     * @param size {@code [height, width]}
     * @param counts lengths of the runs of zeros and ones in turn, column by column, in COCO's text form
     */
    public record Mask(List<Integer> size, String counts) {}
}
