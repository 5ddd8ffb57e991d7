package dev.triptych.vision.batching;

/** Who goes first when there is not room for all; within a priority the longest wait goes first. */
public enum Priority {
    /** Somebody waits for the answer. */
    INTERACTIVE,
    /** Offline work, which yields to interactive pictures at the next run. */
    BATCH;

    Priority other() {
        return this == INTERACTIVE ? BATCH : INTERACTIVE;
    }
}
