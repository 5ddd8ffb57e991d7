package dev.triptych.wire;

import org.jspecify.annotations.Nullable;

/**
 * One picture to classify, the value of a record on {@link Topics#VISION_REQUESTS}.
 *
 * @param model the model's id; absent: the default classifier
 * @param image the encoded picture, base64 or a {@code data:} URL
 * @param topK how many labels to answer; absent: 5
 */
public record ClassificationItem(
        @Nullable String model, String image, @Nullable Integer topK) {}
