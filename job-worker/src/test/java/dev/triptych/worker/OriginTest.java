package dev.triptych.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.triptych.wire.TriptychException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class OriginTest {

    private final ConsumerRecord<byte[], byte[]> record =
            new ConsumerRecord<>("triptych.vision.requests", 4, 17, null, new byte[] {1});

    @Test
    void anIdIsTheEventsOrWhereTheRecordLies() {
        assertThat(Origin.id(record)).isEqualTo("triptych.vision.requests-4-17");
        record.headers().add("ce_id", "my-id".getBytes(StandardCharsets.UTF_8));
        assertThat(Origin.id(record)).isEqualTo("my-id");
    }

    @Test
    void aRecordWithoutTheHeadersIsNoEvent() {
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> Origin.event(record))
                .withMessageContaining("not a CloudEvent");
    }
}
