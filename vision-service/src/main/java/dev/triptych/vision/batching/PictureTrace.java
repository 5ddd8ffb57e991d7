package dev.triptych.vision.batching;

/** One picture's request as a trace sees it. Safe from any thread; must be quick and must not throw. */
public interface PictureTrace {

    /** Of a request that nobody traces. */
    PictureTrace NONE = new PictureTrace() {};

    /** What this thread measures or begins before the scope is closed belongs to the request. */
    default Scope enter() {
        return Scope.NONE;
    }

    /**
     * The request ended.
     *
     * @param outcome {@code ok} or the error's code
     */
    default void ended(String outcome) {}

    /** A stretch of a thread's work. */
    @FunctionalInterface
    interface Scope extends AutoCloseable {

        Scope NONE = () -> {};

        @Override
        void close();
    }
}
