package dev.triptych.text.runtime;

import java.util.concurrent.CompletableFuture;

/** Loads and unloads models while others run. Safe from any thread; nothing here waits. */
public interface ModelLife {

    /**
     * Loads a model of the repository. One that runs is replaced by what its folder holds now, once that has passed every
     * check; where the folder holds the version that runs, nothing happens.
     */
    CompletableFuture<LifeOutcome> load(String id);

    /** Takes a model out of service; what it has in flight is finished, and then its memory is free. */
    CompletableFuture<LifeOutcome> unload(String id);
}
