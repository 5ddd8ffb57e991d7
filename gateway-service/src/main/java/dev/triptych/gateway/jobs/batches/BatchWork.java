package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.jobs.files.FileShelf;
import dev.triptych.gateway.models.ModelDirectory;
import java.time.Clock;

/** What all runs of batches share. */
public final class BatchWork {

    private final BatchStore store;
    private final BatchValidation validation;
    private final BatchOutput output;
    private final ItemSender sender;
    private final BatchRules rules;
    private final Clock clock;

    public BatchWork(
            BatchStore store,
            FileShelf shelf,
            ModelDirectory models,
            ItemSender sender,
            BatchRules rules,
            Clock clock) {
        this.store = store;
        this.validation = new BatchValidation(store, models, rules, clock);
        this.output = new BatchOutput(store, shelf, clock);
        this.sender = sender;
        this.rules = rules;
        this.clock = clock;
    }

    BatchStore store() {
        return store;
    }

    BatchValidation validation() {
        return validation;
    }

    BatchOutput output() {
        return output;
    }

    ItemSender sender() {
        return sender;
    }

    BatchRules rules() {
        return rules;
    }

    Clock clock() {
        return clock;
    }
}
