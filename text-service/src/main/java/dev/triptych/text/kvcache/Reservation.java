package dev.triptych.text.kvcache;

/** Whether a step may have the memory it needs. */
public sealed interface Reservation {

    /** It may; close the step when done with it. */
    record Granted(CacheStep step) implements Reservation {}

    /**
     * It may not; nothing was taken.
     *
     * @param neededBytes what it would have taken
     * @param freeBytes what was left
     */
    record Exhausted(long neededBytes, long freeBytes) implements Reservation {}
}
