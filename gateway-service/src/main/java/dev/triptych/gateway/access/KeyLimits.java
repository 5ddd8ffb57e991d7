package dev.triptych.gateway.access;

import org.jspecify.annotations.Nullable;

/**
 * What one key may use; {@code null}: as much as the gateway's own defaults let everybody.
 *
 * @param requestsPerMinute requests that compute something
 * @param tokensPerMinute   text tokens, of prompts and of answers
 * @param imagesPerMinute   pictures
 * @param concurrentJobs    batches that have not ended
 */
public record KeyLimits(
        @Nullable Long requestsPerMinute,
        @Nullable Long tokensPerMinute,
        @Nullable Long imagesPerMinute,
        @Nullable Long concurrentJobs) {

    public static final KeyLimits NONE = new KeyLimits(null, null, null, null);
}
