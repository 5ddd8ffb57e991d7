package dev.triptych.worker;

import dev.triptych.worker.ItemOutcome.Answered;
import dev.triptych.worker.ItemOutcome.Failed;
import dev.triptych.worker.ItemOutcome.Passed;
import dev.triptych.worker.ItemOutcome.Skipped;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts items whose records were sent. */
final class JobMetrics {

    private static final String ITEMS = "triptych.batch.items";
    private static final String DEAD_LETTERS = "triptych.dead.letters";

    /** An item that failed may never have had a model. */
    private static final String NO_MODEL = "none";

    private final MeterRegistry registry;

    JobMetrics(MeterRegistry registry) {
        this.registry = registry;
        // There from the start, so that the first failure is seen as an increase.
        deadLetters();
        items(NO_MODEL, "internal");
    }

    void ended(ItemOutcome outcome) {
        switch (outcome) {
            case Answered(var model, var type, var payload) ->
                items(model, "ok").increment();
            case Passed(var model, var topic, var payload) ->
                items(model, "passed").increment();
            case Skipped(var reason) -> items(NO_MODEL, reason.code().code()).increment();
            case Failed(var reason) -> {
                items(NO_MODEL, reason.code().code()).increment();
                deadLetters().increment();
            }
        }
    }

    private Counter items(String model, String outcome) {
        return registry.counter(ITEMS, "model", model, "outcome", outcome);
    }

    private Counter deadLetters() {
        return registry.counter(DEAD_LETTERS, "model", NO_MODEL);
    }
}
