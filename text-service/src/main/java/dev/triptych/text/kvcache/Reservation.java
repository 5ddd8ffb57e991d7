package dev.triptych.text.kvcache;

/**
 * Whether a step may have the memory it needs.
 *
 * @param <S> what the step's graph sees of the cache
 */
public sealed interface Reservation<S extends CacheStep> {

    /** It may; close the step when done with it. */
    record Granted<S extends CacheStep>(S step) implements Reservation<S> {}

    /**
     * It may not; nothing was taken.
     *
     * @param neededBytes what it would have taken
     * @param freeBytes what was left
     */
    record Exhausted<S extends CacheStep>(long neededBytes, long freeBytes) implements Reservation<S> {}
}
