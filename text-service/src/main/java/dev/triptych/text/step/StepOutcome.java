package dev.triptych.text.step;

/** How a step ended. */
public sealed interface StepOutcome {

    /** All rows were computed. */
    record Completed(StepResult result) implements StepOutcome {}

    /**
     * None was: the native runtime refused or failed.
     *
     * @param cause what it reported
     */
    record Failed(RuntimeException cause) implements StepOutcome {}

    /**
     * None was, because the prompts of the rows that were to join could not be encoded. Those that run are as before.
     *
     * @param cause what the native runtime reported
     */
    record JoiningFailed(RuntimeException cause) implements StepOutcome {}
}
