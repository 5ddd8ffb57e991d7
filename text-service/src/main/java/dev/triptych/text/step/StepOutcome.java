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
}
