package dev.triptych.gateway.jobs.batches;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gateway.jobs.store.ItemResult;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemError;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class ResultReaderTest {

    @Test
    void anItemThatAWorkerSkippedReadsAsItsBatchsEnd() {
        ItemResult result = ResultReader.read(failed("batch_a-17", "cancelled")).orElseThrow();
        assertThat(result.batchId()).isEqualTo("batch_a");
        assertThat(result.line()).isEqualTo(17);
        assertThat(result.completed()).isFalse();
        assertThat(result.statusCode()).as("it was never run").isNull();
        assertThat(result.content()).isEqualTo(GivenUp.CANCELLED.json());
    }

    @Test
    void anItemThatFailedHasTheStatusOfItsError() {
        ItemResult result =
                ResultReader.read(failed("batch_a-17", "invalid_field")).orElseThrow();
        assertThat(result.statusCode()).isEqualTo(422);
        assertThat(new String(result.content(), StandardCharsets.UTF_8)).contains("the message");
    }

    @Test
    void anotherProducersResultIsNone() {
        assertThat(ResultReader.read(failed("mine", "cancelled"))).isEmpty();
    }

    private static ConsumerRecord<byte[], byte[]> failed(String id, String code) {
        ProducerRecord<byte[], byte[]> sent = KafkaMessageFactory.<byte[]>createWriter(Topics.TEXT_RESULTS, new byte[0])
                .writeBinary(ItemEvents.event(
                        id,
                        URI.create("/tests"),
                        EventTypes.FAILED,
                        OffsetDateTime.now(),
                        new ItemError(code, "the message", null)));
        return new ConsumerRecord<>(
                sent.topic(),
                0,
                0,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                sent.key(),
                sent.value(),
                sent.headers(),
                Optional.empty());
    }
}
