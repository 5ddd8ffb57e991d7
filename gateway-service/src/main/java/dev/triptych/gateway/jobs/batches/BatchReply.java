package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.jobs.store.Batch;
import dev.triptych.gateway.jobs.store.BatchStatus;
import dev.triptych.gateway.jobs.store.Page;
import dev.triptych.wire.WireJson;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's batch object and lists of it; every field is there, {@code null} where it does not apply. */
final class BatchReply {

    private static final List<BatchStatus> TIMES = List.of(
            BatchStatus.IN_PROGRESS,
            BatchStatus.FINALIZING,
            BatchStatus.COMPLETED,
            BatchStatus.FAILED,
            BatchStatus.EXPIRED,
            BatchStatus.CANCELLING,
            BatchStatus.CANCELLED);

    private BatchReply() {}

    static ObjectNode of(Batch batch) {
        ObjectNode reply = WireJson.mapper()
                .createObjectNode()
                .put("id", batch.id())
                .put("object", "batch")
                .put("endpoint", batch.endpoint());
        reply.set("errors", errors(batch.errors()));
        reply.put("input_file_id", batch.inputFileId())
                .put("completion_window", batch.completionWindow())
                .put("status", batch.status().key())
                .put("output_file_id", batch.outputFileId())
                .put("error_file_id", batch.errorFileId())
                .put("created_at", batch.createdAt().getEpochSecond())
                .put("expires_at", batch.expiresAt().getEpochSecond());
        for (BatchStatus status : TIMES) {
            Instant time = batch.since().get(status);
            reply.put(status.key() + "_at", time == null ? null : (Long) time.getEpochSecond());
        }
        reply.set("request_counts", counts(batch.counts()));
        reply.set("metadata", json(batch.metadata()));
        return reply;
    }

    static ObjectNode counts(Batch.Counts counts) {
        return WireJson.mapper()
                .createObjectNode()
                .put("total", counts.total())
                .put("completed", counts.completed())
                .put("failed", counts.failed());
    }

    static ObjectNode list(Page.Of<Batch> page) {
        ObjectNode list = WireJson.mapper().createObjectNode().put("object", "list");
        ArrayNode entries = list.putArray("data");
        page.entries().forEach(batch -> entries.add(of(batch)));
        List<Batch> batches = page.entries();
        return list.put(
                        "first_id",
                        batches.isEmpty() ? null : batches.getFirst().id())
                .put("last_id", batches.isEmpty() ? null : batches.getLast().id())
                .put("has_more", page.more());
    }

    private static JsonNode errors(@Nullable String errors) {
        if (errors == null) {
            return WireJson.mapper().nullNode();
        }
        ObjectNode list = WireJson.mapper().createObjectNode().put("object", "list");
        list.set("data", json(errors));
        return list;
    }

    private static JsonNode json(@Nullable String text) {
        return text == null ? WireJson.mapper().nullNode() : WireJson.mapper().readTree(text);
    }
}
