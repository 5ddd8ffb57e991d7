package dev.triptych.vision.batching;

import java.time.Duration;

/**
 * How pictures are gathered.
 *
 * @param maxImages most rows of one model call, at least 1
 * @param maxDelay how long the first picture of a batch waits for company; zero: not at all
 * @param queueCapacity pictures that may wait, at least 1; one more is turned away
 */
public record BatchSettings(int maxImages, Duration maxDelay, int queueCapacity) {

    public BatchSettings {
        if (maxImages < 1 || queueCapacity < 1) {
            throw new IllegalArgumentException(
                    "a batch and its queue hold at least 1 picture, got " + maxImages + " and " + queueCapacity);
        }
        if (maxDelay.isNegative()) {
            throw new IllegalArgumentException("the delay must not be negative, got " + maxDelay);
        }
    }
}
