package dev.triptych.worker;

import dev.triptych.wire.TriptychException;

/** How an item ended, for good. */
public sealed interface ItemOutcome {

    /**
     * The item has a result.
     *
     * @param model that answered
     * @param type the {@code ce_type} of the result
     * @param payload its value
     */
    record Answered(String model, String type, Object payload) implements ItemOutcome {}

    /** The item has an error instead of a result, and a dead letter. */
    record Failed(TriptychException reason) implements ItemOutcome {}
}
