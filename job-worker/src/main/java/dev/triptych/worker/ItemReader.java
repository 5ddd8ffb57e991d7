package dev.triptych.worker;

import dev.triptych.wire.TriptychException;
import io.cloudevents.CloudEvent;

/** Reads events as work. Anything may have written them, so every fault is one event's, never its poll's. */
@FunctionalInterface
public interface ItemReader {

    /**
     * The work that the event asks for, not yet begun.
     *
     * @throws TriptychException.Rejected if the event is of another type or its value breaks the schema
     */
    ItemAttempt attempt(CloudEvent event);
}
