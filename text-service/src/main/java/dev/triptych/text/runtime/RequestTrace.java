package dev.triptych.text.runtime;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GenerationEvent.GenerationTiming;

/**
 * One request as a trace sees it. Begun on the submitter's thread, which tells what it belongs to; followed and ended on
 * the engine's. One that never comes to the engine is never ended and leaves nothing. Must be quick and must not throw.
 */
public interface RequestTrace {

    /** Of a request that nobody traces. */
    RequestTrace NONE = new RequestTrace() {};

    /** What is measured before the scope is closed, on this thread, is measured of this request. */
    default Scope enter() {
        return Scope.NONE;
    }

    /** The request's first token was generated. */
    default void firstToken() {}

    /**
     * The request ended; the last call.
     *
     * @param timing where its time went
     * @param generatedTokens of all its sequences; 0 of an encoder
     */
    default void ended(FinishReason reason, GenerationTiming timing, int generatedTokens) {}

    /** A stretch of a thread's work. */
    @FunctionalInterface
    interface Scope extends AutoCloseable {

        Scope NONE = () -> {};

        @Override
        void close();
    }
}
