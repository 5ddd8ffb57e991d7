package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.jobs.store.Batch;
import dev.triptych.gateway.jobs.store.BatchStatus;
import dev.triptych.gateway.jobs.store.BatchTable;
import dev.triptych.gateway.jobs.store.FileTable;
import dev.triptych.gateway.jobs.store.ItemTable;
import dev.triptych.gateway.jobs.store.ItemTable.NewItem;
import dev.triptych.gateway.models.ModelDirectory;
import dev.triptych.wire.WireJson;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a batch's input once, notes every item, good or bad, and begins the batch. Cut off in the middle it starts over.
 * On the batch's thread.
 */
final class BatchValidation {

    private static final int LINES_AT_ONCE = 500;

    private final BatchTable batches;
    private final ItemTable items;
    private final FileTable files;
    private final ModelDirectory models;
    private final BatchRules rules;
    private final Clock clock;

    BatchValidation(BatchStore store, ModelDirectory models, BatchRules rules, Clock clock) {
        this.batches = store.batches();
        this.items = store.items();
        this.files = store.files();
        this.models = models;
        this.rules = rules;
        this.clock = clock;
    }

    /** Leaves the batch in progress, failed, or as it was where somebody canceled it. */
    void validate(Batch batch, Lease lease) {
        Waits.run(items.clear(batch.id()));
        BatchEndpoint endpoint = BatchEndpoint.of(batch.endpoint()).orElseThrow();
        Set<String> known = Waits.get(models.ids(endpoint.service(), batch.id()));
        LineCheck check = new LineCheck(endpoint, known, rules.maxLineBytes());
        LineReader lines = new LineReader(files, batch.inputFileId(), rules.maxLineBytes(), 0, 0);
        List<NewItem> read = new ArrayList<>();
        int total = 0;
        int refused = 0;
        for (LineReader.@Nullable Line line = lines.next(); line != null; line = lines.next()) {
            if (line.blank()) {
                continue;
            }
            if (++total > rules.maxItems()) {
                fail(batch, "too_large", "a batch may have " + rules.maxItems() + " requests", line.number());
                return;
            }
            LineCheck.Verdict verdict = check.check(line);
            LineFault fault = verdict.fault();
            refused += fault == null ? 0 : 1;
            read.add(new NewItem(line.number(), verdict.customId(), fault == null ? null : fault.json(line.number())));
            if (read.size() == LINES_AT_ONCE) {
                Waits.run(items.add(batch.id(), read));
                read.clear();
                if (lease.batch().status() != BatchStatus.VALIDATING) {
                    return;
                }
            }
        }
        Waits.run(items.add(batch.id(), read));
        if (total == 0) {
            fail(batch, "empty_file", "the input file has no requests", null);
        } else {
            Waits.get(batches.begin(batch.id(), total, refused, clock.instant()));
        }
    }

    private void fail(Batch batch, String code, String message, @Nullable Integer line) {
        var errors = WireJson.mapper().createArrayNode();
        errors.addObject()
                .put("code", code)
                .put("message", message)
                .put("param", "input_file_id")
                .put("line", line);
        Waits.run(batches.fail(batch.id(), errors.toString(), clock.instant()));
    }
}
