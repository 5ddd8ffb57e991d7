package dev.triptych.text.translation;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A translation on its way. Safe from any thread. */
public interface TranslationCall {

    /** The model that translates. */
    String model();

    /**
     * One translation for each text in the request's order. Completes after the last delta was heard, exceptionally
     * with a {@link dev.triptych.wire.TriptychException} where any text failed.
     */
    CompletableFuture<List<Translation>> result();

    /** Ends all its sentences before the engine's next step; after completion it changes nothing. */
    void cancel();
}
