package dev.triptych.wire;

import org.jspecify.annotations.Nullable;

/**
 * One picture to segment, the value of a record on {@link Topics#VISION_REQUESTS}.
 *
 * @param model the model's id; absent: the default segmenter
 * @param image the encoded picture, base64 or a {@code data:} URL
 * @param topK most segments to answer; absent: all
 * @param threshold least score of a segment; absent: 0
 */
public record SegmentationItem(
        @Nullable String model,
        String image,
        @Nullable Integer topK,
        @Nullable Double threshold) {}
