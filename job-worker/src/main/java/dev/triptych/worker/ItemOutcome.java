package dev.triptych.worker;

import dev.triptych.wire.ChainItem;
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

    /**
     * The item goes on to another service; there it will end.
     *
     * @param model that did this service's part
     * @param topic where the next request goes
     * @param payload its value
     */
    record Passed(String model, String topic, ChainItem payload) implements ItemOutcome {}

    /** Nobody waits for the item any more: it has an error that says so, and no dead letter. */
    record Skipped(TriptychException reason) implements ItemOutcome {}

    /** The item has an error instead of a result, and a dead letter. */
    record Failed(TriptychException reason) implements ItemOutcome {}
}
