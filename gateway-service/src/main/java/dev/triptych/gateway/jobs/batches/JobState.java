package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.jobs.store.Batch;
import dev.triptych.wire.Topics;
import dev.triptych.wire.WireJson;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A batch's state for whoever follows {@link Topics#JOBS}: the key is its id, the latest record counts. */
final class JobState {

    private JobState() {}

    static ProducerRecord<byte[], byte[]> record(Batch batch) {
        var state = WireJson.mapper()
                .createObjectNode()
                .put("id", batch.id())
                .put("endpoint", batch.endpoint())
                .put("status", batch.status().key());
        state.putObject("request_counts")
                .put("total", batch.counts().total())
                .put("completed", batch.counts().completed())
                .put("failed", batch.counts().failed());
        return new ProducerRecord<>(
                Topics.JOBS,
                batch.id().getBytes(StandardCharsets.UTF_8),
                WireJson.mapper().writeValueAsBytes(state));
    }
}
