package dev.triptych.worker;

import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemError;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import dev.triptych.wire.TriptychException;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Makes the records that end an item: its result or error, and for a failed one the dead letter. */
final class ReplyRecords {

    /** A schema's message may quote the value it refuses. */
    private static final int LONGEST_MESSAGE = 1000;

    private final URI source;
    private final String results;
    private final Clock clock;

    /**
     * @param source of the records
     * @param results the topic of terminal records
     */
    ReplyRecords(URI source, String results, Clock clock) {
        this.source = source;
        this.results = results;
        this.clock = clock;
    }

    /**
     * The one record that ends an item; its {@code ce_id} and key are the request's id.
     *
     * @param request {@code null} where the record is no CloudEvent
     */
    ProducerRecord<byte[], byte[]> terminal(
            ConsumerRecord<byte[], byte[]> origin, @Nullable CloudEvent request, ItemOutcome outcome) {
        return switch (outcome) {
            case ItemOutcome.Answered(var model, var type, var payload) -> reply(origin, request, type, payload);
            case ItemOutcome.Failed(var reason) -> reply(origin, request, EventTypes.FAILED, error(reason));
        };
    }

    private ProducerRecord<byte[], byte[]> reply(
            ConsumerRecord<byte[], byte[]> origin, @Nullable CloudEvent request, String type, Object payload) {
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        CloudEvent event = request == null
                ? ItemEvents.event(Origin.id(origin), source, type, now, payload)
                : ItemEvents.reply(request, source, type, now, payload);
        byte[] key = event.getId().getBytes(StandardCharsets.UTF_8);
        return KafkaMessageFactory.<byte[]>createWriter(results, key).writeBinary(event);
    }

    private static ItemError error(TriptychException reason) {
        return new ItemError(
                reason.code().code(),
                message(reason),
                reason instanceof TriptychException.Rejected rejected ? rejected.field() : null);
    }

    /** The record as it came, with the reason and where it came from as headers. */
    static ProducerRecord<byte[], byte[]> deadLetter(ConsumerRecord<byte[], byte[]> origin, TriptychException reason) {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(
                Topics.DEAD_LETTER, null, origin.key(), origin.value(), new RecordHeaders(origin.headers()));
        header(letter, "triptych-error-code", reason.code().code());
        header(letter, "triptych-error-message", message(reason));
        header(letter, "triptych-source-topic", origin.topic());
        header(letter, "triptych-source-partition", Integer.toString(origin.partition()));
        header(letter, "triptych-source-offset", Long.toString(origin.offset()));
        return letter;
    }

    private static String message(TriptychException reason) {
        String message = reason.getMessage();
        return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE) + "…";
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
