package dev.triptych.vision.batching;

import java.time.Duration;

/** Hears what a micro-batcher does; called on its thread, so it must not block. */
public interface BatchListener {

    /** A batch is about to run. */
    default void batchStarted(String model, int rows) {}

    /** A picture waited that long before its batch ran. */
    default void dequeued(String model, Duration waited) {}
}
