package dev.triptych.worker;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** What a consumed record says of itself. Anything may have written it. */
final class Origin {

    private static final String ID_HEADER = "ce_id";

    private Origin() {}

    /** @throws TriptychException.Rejected if the record is not a CloudEvent in binary mode */
    static CloudEvent event(ConsumerRecord<byte[], byte[]> record) {
        try {
            return KafkaMessageFactory.createReader(record).toEvent();
        } catch (RuntimeException e) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_REQUEST,
                    null,
                    "the record is not a CloudEvent in binary mode: " + e.getMessage());
        }
    }

    /** The id by which a producer finds its answer: {@code ce_id}, or the record's place where there is none. */
    static String id(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(ID_HEADER);
        return header == null || header.value() == null || header.value().length == 0
                ? record.topic() + "-" + record.partition() + "-" + record.offset()
                : new String(header.value(), StandardCharsets.UTF_8);
    }
}
