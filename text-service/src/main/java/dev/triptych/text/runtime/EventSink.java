package dev.triptych.text.runtime;

import dev.triptych.text.generation.GenerationEvent;

/** The way out for one request's events. Called by the engine's thread only; must never block. */
@FunctionalInterface
public interface EventSink {

    /**
     * Takes an event.
     *
     * @return false when the client is gone or too slow to keep up; the engine then cancels the request
     */
    boolean offer(GenerationEvent event);
}
