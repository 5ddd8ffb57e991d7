package dev.triptych.text.runtime;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What became of loading or unloading a model. */
public sealed interface LifeOutcome {

    /** It can be asked. */
    record Ready(ModelDescription model) implements LifeOutcome {}

    /**
     * It can no longer be asked.
     *
     * @param freed completes once its requests have ended and its memory is free
     */
    record Unloaded(ModelDescription model, CompletableFuture<Void> freed) implements LifeOutcome {}

    /** The repository has no text model of that id. */
    record Unknown() implements LifeOutcome {}

    /** It is being loaded or unloaded at the moment. */
    record Busy() implements LifeOutcome {}

    /**
     * What its folder holds cannot be served; a version that ran before goes on.
     *
     * @param problems which checks failed and by how much
     */
    record Refused(List<String> problems) implements LifeOutcome {

        public Refused {
            problems = List.copyOf(problems);
        }
    }

    /** There is not so much memory left for models; the message has the figures. */
    record MemoryExceeded(String message) implements LifeOutcome {}

    /** The service is shutting down. */
    record Closed() implements LifeOutcome {}
}
