package dev.triptych.worker;

import dev.triptych.wire.TriptychException;
import java.util.concurrent.CompletableFuture;

/** Starts an item's work, as often as it takes. Safe from any thread; never waits. */
@FunctionalInterface
public interface ItemAttempt {

    /** @throws TriptychException where it cannot even start */
    Running start();

    /**
     * One attempt under way.
     *
     * @param end how it ends; fails with a {@link TriptychException}
     * @param cancel gives it up
     */
    record Running(CompletableFuture<? extends ItemOutcome> end, Runnable cancel) {}
}
