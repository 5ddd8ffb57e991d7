package dev.triptych.text.generation;

/** Who goes first when there is not room for all; within a priority the longest wait goes first. */
public enum Priority {
    /** Somebody waits for the answer. */
    INTERACTIVE,
    /** Offline work, which yields to interactive requests within a step. */
    BATCH
}
