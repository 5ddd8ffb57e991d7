package dev.triptych.text.api;

import java.time.Duration;

/**
 * Bounds of one HTTP request.
 *
 * @param maxTextChars the longest text, in UTF-16 units
 * @param maxTexts the most texts in one request
 * @param unreadEvents how far a streaming client may fall behind before it is canceled
 * @param maxDeadline the longest {@code deadline_ms}
 * @param unloadPatience how long an answer waits for an unloaded model to be freed
 */
public record ApiLimits(
        int maxTextChars, int maxTexts, int unreadEvents, Duration maxDeadline, Duration unloadPatience) {}
