package dev.triptych.worker;

import dev.triptych.wire.ChainHop;
import dev.triptych.wire.ChainItem;
import dev.triptych.wire.ChainStep;
import dev.triptych.wire.TriptychException;
import io.cloudevents.CloudEvent;
import java.util.concurrent.CompletableFuture;

/** Reads events as work. Anything may have written them, so every fault is one event's, never its poll's. */
public interface ItemReader {

    /**
     * The work that the event asks for, not yet begun.
     *
     * @throws TriptychException.Rejected if the event is of another type or its value breaks the schema
     */
    ItemAttempt attempt(CloudEvent event);

    /**
     * The work of one step of a chain, not yet begun; its call is one of this service's.
     *
     * @param item the chain, with what the step gets
     * @throws TriptychException.Rejected if the step lacks what it needs
     */
    Step step(ChainStep step, ChainItem item);

    /** Starts a step, as often as it takes. Safe from any thread; never waits. */
    @FunctionalInterface
    interface Step {

        /** @throws TriptychException where it cannot even start */
        RunningStep start();
    }

    /**
     * A step under way.
     *
     * @param end what it comes to; fails with a {@link TriptychException}
     * @param cancel gives it up
     */
    record RunningStep(CompletableFuture<ChainHop> end, Runnable cancel) {}
}
