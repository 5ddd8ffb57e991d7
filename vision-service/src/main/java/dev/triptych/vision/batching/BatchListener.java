package dev.triptych.vision.batching;

import java.time.Duration;

/** Hears what a micro-batcher does; called on its thread, so it must not block. */
public interface BatchListener {

    /** A picture is queued; called on the submitter's thread. {@link #dequeued} is called within what this gives. */
    default PictureTrace queued() {
        return PictureTrace.NONE;
    }

    /** A batch is about to run. */
    default void batchStarted(String model, int rows) {}

    /** A picture waited that long before its batch ran. */
    default void dequeued(String model, Duration waited) {}
}
