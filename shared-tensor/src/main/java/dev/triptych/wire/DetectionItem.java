package dev.triptych.wire;

import org.jspecify.annotations.Nullable;

/**
 * One picture to find objects on, the value of a record on {@link Topics#VISION_REQUESTS}.
 *
 * @param model the model's id; absent: the default detector
 * @param image the encoded picture, base64 or a {@code data:} URL
 * @param topK most objects to answer; absent: 1000
 * @param threshold the score that an object must exceed; absent: the model's own
 */
public record DetectionItem(
        @Nullable String model,
        String image,
        @Nullable Integer topK,
        @Nullable Double threshold) {}
