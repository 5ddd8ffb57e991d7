package dev.triptych.vision.job;

import dev.triptych.wire.AttentionResult;
import dev.triptych.wire.ClassificationResult;
import dev.triptych.wire.DetectionResult;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemError;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.SegmentationResult;
import dev.triptych.wire.Topics;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.VisionResult;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.OffsetDateTime;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Makes the records that end an item: its result or error, and for a failed one the dead letter. Stateless. */
final class ReplyRecords {

    private static final URI SOURCE = URI.create("/triptych/vision-service");

    private final Clock clock;

    ReplyRecords(Clock clock) {
        this.clock = clock;
    }

    /** The terminal record, with the request's id as {@code ce_id} and key. */
    ProducerRecord<byte[], byte[]> terminal(Item item) {
        return switch (item.outcome()) {
            case Item.Answered(var result) -> reply(item, type(result), result);
            case Item.Failed(var reason) -> reply(item, EventTypes.FAILED, error(reason));
        };
    }

    private static String type(VisionResult result) {
        return switch (result) {
            case ClassificationResult ignored -> EventTypes.CLASSIFIED;
            case DetectionResult ignored -> EventTypes.DETECTED;
            case SegmentationResult ignored -> EventTypes.SEGMENTED;
            case AttentionResult ignored -> throw new IllegalStateException("no item asks for attention");
        };
    }

    private ProducerRecord<byte[], byte[]> reply(Item item, String type, Object payload) {
        OffsetDateTime now = OffsetDateTime.now(clock);
        String id = ItemReader.id(item.record());
        CloudEvent request = item.event();
        CloudEvent reply = request == null
                ? ItemEvents.event(id, SOURCE, type, now, payload)
                : ItemEvents.reply(request, SOURCE, type, now, payload);
        byte[] key = reply.getId().getBytes(StandardCharsets.UTF_8);
        return KafkaMessageFactory.<byte[]>createWriter(Topics.VISION_RESULTS, key)
                .writeBinary(reply);
    }

    private static ItemError error(TriptychException reason) {
        return new ItemError(
                reason.code().code(),
                reason.getMessage(),
                reason instanceof TriptychException.Rejected rejected ? rejected.field() : null);
    }

    /** The record as it came, with the reason and its place of origin as headers. */
    static ProducerRecord<byte[], byte[]> deadLetter(ConsumerRecord<byte[], byte[]> origin, TriptychException reason) {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(
                Topics.DEAD_LETTER, null, origin.key(), origin.value(), new RecordHeaders(origin.headers()));
        ErrorCode code = reason.code();
        header(letter, "triptych-error-code", code.code());
        header(letter, "triptych-error-message", reason.getMessage());
        header(letter, "triptych-source-topic", origin.topic());
        header(letter, "triptych-source-partition", Integer.toString(origin.partition()));
        header(letter, "triptych-source-offset", Long.toString(origin.offset()));
        return letter;
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
