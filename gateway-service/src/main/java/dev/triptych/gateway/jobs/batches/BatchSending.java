package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.jobs.store.Batch;
import dev.triptych.gateway.jobs.store.BatchTable;
import dev.triptych.gateway.jobs.store.FileTable;
import dev.triptych.gateway.jobs.store.ItemTable;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.WireJson;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Sends a batch's items, a chunk at a time. The store is told of a chunk after Kafka has acknowledged it; what a crash
 * sends again has the same ids, and only the first result of an id counts. On the batch's thread.
 */
final class BatchSending {

    private static final URI SOURCE = URI.create("/triptych/gateway-service");
    private static final int LINES_AT_ONCE = 250;

    private final BatchTable batches;
    private final ItemTable items;
    private final FileTable files;
    private final ItemSender sender;
    private final BatchRules rules;
    private final Clock clock;
    private @Nullable LineReader reader;
    private long readerAt = -1;

    /** For one batch. */
    BatchSending(BatchStore store, ItemSender sender, BatchRules rules, Clock clock) {
        this.batches = store.batches();
        this.items = store.items();
        this.files = store.files();
        this.sender = sender;
        this.rules = rules;
        this.clock = clock;
    }

    /** Sends what there is room for; false where there is no room or nothing left. */
    boolean sendNext(Batch batch) throws InterruptedException {
        int room = Math.min(LINES_AT_ONCE, rules.window() - batch.inFlight());
        int left = batch.counts().total()
                - batch.cursor().refused()
                - batch.cursor().items();
        if (room <= 0 || left <= 0) {
            return false;
        }
        List<LineReader.Line> lines = read(batch.cursor(), batch.inputFileId(), room);
        if (lines.isEmpty()) {
            return false;
        }
        Set<Integer> open = Waits.get(items.open(
                batch.id(), lines.getFirst().number(), lines.getLast().number()));
        BatchEndpoint endpoint = BatchEndpoint.of(batch.endpoint()).orElseThrow();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (LineReader.Line line : lines) {
            if (open.contains(line.number())) {
                records.add(record(endpoint, batch, line));
            }
        }
        sender.send(records);
        Batch.Cursor cursor = batch.cursor();
        Waits.run(batches.sent(
                batch.id(),
                new Batch.Cursor(
                        lines.getLast().number(),
                        lines.getLast().end(),
                        cursor.items() + records.size(),
                        cursor.refused())));
        return true;
    }

    private List<LineReader.Line> read(Batch.Cursor cursor, String fileId, int count) {
        LineReader from = reader;
        if (from == null || readerAt != cursor.bytes()) {
            from = new LineReader(files, fileId, rules.maxLineBytes(), cursor.lines(), cursor.bytes());
            reader = from;
        }
        List<LineReader.Line> lines = new ArrayList<>();
        long bytes = 0;
        while (lines.size() < count && bytes < rules.maxLineBytes()) {
            LineReader.Line line = from.next();
            if (line == null) {
                break;
            }
            lines.add(line);
            bytes += line.content().length;
            readerAt = line.end();
        }
        return lines;
    }

    private ProducerRecord<byte[], byte[]> record(BatchEndpoint endpoint, Batch batch, LineReader.Line line) {
        JsonNode body = WireJson.mapper().readTree(line.content()).path("body");
        String id = new ItemId(batch.id(), line.number()).toString();
        CloudEvent event = ItemEvents.event(
                id, SOURCE, endpoint.eventType(), clock.instant().atOffset(ZoneOffset.UTC), endpoint.payload(body));
        // Workers know by the job which items nobody waits for any more.
        CloudEvent item = ItemEvents.traced(ItemEvents.ofJob(event, batch.id()), batch.traceParent());
        return KafkaMessageFactory.<byte[]>createWriter(endpoint.requests(body), id.getBytes(StandardCharsets.UTF_8))
                .writeBinary(item);
    }
}
