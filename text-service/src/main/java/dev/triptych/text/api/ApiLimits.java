package dev.triptych.text.api;

import java.time.Duration;

/**
 * Bounds of one HTTP request.
 *
 * @param maxTextChars the longest text, in UTF-16 units
 * @param maxEmbeddingChars the same of a text to embed
 * @param maxTexts the most texts in one request
 * @param unreadEvents how far a streaming client may fall behind before it is canceled
 * @param maxDeadline the longest {@code deadline_ms}
 * @param unloadPatience how long an answer waits for an unloaded model to be freed
 */
public record ApiLimits(
        int maxTextChars,
        int maxEmbeddingChars,
        int maxTexts,
        int unreadEvents,
        Duration maxDeadline,
        Duration unloadPatience) {

    /** The same with the bound of texts to embed. */
    ApiLimits forEmbeddings() {
        return new ApiLimits(maxEmbeddingChars, maxEmbeddingChars, maxTexts, unreadEvents, maxDeadline, unloadPatience);
    }
}
