package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.jobs.files.FileShelf;
import dev.triptych.gateway.jobs.files.FileWriter;
import dev.triptych.gateway.jobs.store.Batch;
import dev.triptych.gateway.jobs.store.BatchStatus;
import dev.triptych.gateway.jobs.store.BatchTable;
import dev.triptych.gateway.jobs.store.ItemTable;
import dev.triptych.gateway.jobs.store.ItemTable.EndedPart;
import dev.triptych.gateway.jobs.store.StoredFile;
import dev.triptych.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the output and error files of a batch whose items have all ended, in the order of its input, and ends it. Cut
 * off in the middle it starts over with new files. On the batch's thread.
 */
final class BatchOutput {

    private static final int FEWEST_LINES = 8;
    private static final int MOST_LINES = 512;
    private static final long LARGE_BYTES = 1024 * 1024;

    private final BatchTable batches;
    private final ItemTable items;
    private final FileShelf shelf;
    private final Clock clock;

    BatchOutput(BatchStore store, FileShelf shelf, Clock clock) {
        this.batches = store.batches();
        this.items = store.items();
        this.shelf = shelf;
        this.clock = clock;
    }

    void write(Batch batch, BatchStatus end, Lease lease) {
        List<StoredFile> files = new ArrayList<>();
        String output = file(batch, true, lease, files);
        String errors = file(batch, false, lease, files);
        Waits.run(batches.finish(batch.id(), end, clock.instant(), files, new BatchTable.Outputs(output, errors)));
    }

    /** Id of the file; {@code null} where no item ended that way. */
    private @Nullable String file(Batch batch, boolean completed, Lease lease, List<StoredFile> files) {
        int last = Waits.get(items.lastLine(batch.id()));
        int span = FEWEST_LINES;
        FileWriter writer = null;
        for (int first = 1; first <= last; ) {
            List<EndedPart> parts =
                    Waits.get(items.ended(batch.id(), completed, first, Math.min(last, first + span - 1)));
            if (writer == null && !parts.isEmpty()) {
                writer = Waits.get(shelf.writer(StoredFile.OUTPUT, name(batch, completed), batch.keyId()));
            }
            if (writer != null) {
                write(batch, parts, writer);
            }
            first += span;
            span = nextSpan(span, parts);
            lease.keep();
        }
        if (writer == null) {
            return null;
        }
        StoredFile file = writer.end();
        files.add(file);
        return file.id();
    }

    private static String name(Batch batch, boolean completed) {
        return batch.id() + (completed ? "_output.jsonl" : "_error.jsonl");
    }

    /** Answers may be as long as records: few are read at a time where they are long, many where they are short. */
    private static int nextSpan(int span, List<EndedPart> parts) {
        long bytes = parts.stream().mapToLong(part -> part.content().length).sum();
        return bytes > LARGE_BYTES ? FEWEST_LINES : Math.min(MOST_LINES, span * 2);
    }

    private static void write(Batch batch, List<EndedPart> parts, FileWriter writer) {
        EndedPart before = null;
        for (EndedPart part : parts) {
            if (part.part() == 0) {
                if (before != null) {
                    writer.write(closing(before));
                }
                writer.write(opening(new ItemId(batch.id(), part.line()), part));
            }
            writer.write(part.content());
            before = part;
        }
        if (before != null) {
            writer.write(closing(before));
        }
    }

    /** A line of OpenAI's format up to the content, which is the answer's body or, of an item never run, its error. */
    private static byte[] opening(ItemId id, EndedPart item) {
        String start =
                "{\"id\":" + quoted("batch_req_" + id) + ",\"custom_id\":" + quoted(item.customId()) + ",\"response\":";
        String whole = item.statusCode() == null
                ? start + "null,\"error\":"
                : start + "{\"status_code\":" + item.statusCode() + ",\"request_id\":" + quoted(id.toString())
                        + ",\"body\":";
        return whole.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] closing(EndedPart item) {
        return (item.statusCode() == null ? "}\n" : "},\"error\":null}\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String quoted(@Nullable String text) {
        return WireJson.mapper().writeValueAsString(text);
    }
}
