package dev.triptych.text.job;

import dev.triptych.wire.EndpointAnswer;
import dev.triptych.wire.TranslationResult;
import dev.triptych.wire.TriptychException;

/** How an item ended, for good. */
sealed interface ItemOutcome {

    /** The text was translated. */
    record Translated(TranslationResult result) implements ItemOutcome {}

    /** The endpoint answered. */
    record Answered(EndpointAnswer answer) implements ItemOutcome {}

    /** The item has an error instead of a result, and a dead letter. */
    record Failed(TriptychException reason) implements ItemOutcome {}
}
