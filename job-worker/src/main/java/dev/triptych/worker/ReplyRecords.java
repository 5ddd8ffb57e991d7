package dev.triptych.worker;

import dev.triptych.wire.DeadLetterHeaders;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemError;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import dev.triptych.wire.TriptychException;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Makes the records that end an item: its result or error, and for a failed one the dead letter. */
final class ReplyRecords {

    /** A schema's message may quote the value it refuses. */
    private static final int LONGEST_MESSAGE = 1000;

    private final WorkerSettings settings;
    private final Chains chains;
    private final Clock clock;

    ReplyRecords(WorkerSettings settings, Chains chains, Clock clock) {
        this.settings = settings;
        this.chains = chains;
        this.clock = clock;
    }

    /**
     * The one record that ends an item here, with its id as {@code ce_id} and key: its terminal record, or, in the middle
     * of a chain, the request of the next step.
     *
     * @param request {@code null} where the record is no CloudEvent
     */
    ProducerRecord<byte[], byte[]> ending(
            ConsumerRecord<byte[], byte[]> origin, @Nullable CloudEvent request, ItemOutcome outcome) {
        return switch (outcome) {
            case ItemOutcome.Answered(var model, var type, var payload) ->
                written(settings.results(), reply(origin, request, type, payload));
            case ItemOutcome.Passed(var model, var topic, var payload) ->
                written(topic, ItemEvents.next(Objects.requireNonNull(request), EventTypes.CHAIN, now(), payload));
            case ItemOutcome.Skipped(var reason) -> failure(origin, request, reason);
            case ItemOutcome.Failed(var reason) -> failure(origin, request, reason);
        };
    }

    private ProducerRecord<byte[], byte[]> failure(
            ConsumerRecord<byte[], byte[]> origin, @Nullable CloudEvent request, TriptychException reason) {
        return written(
                request == null ? settings.results() : chains.results(request),
                reply(origin, request, EventTypes.FAILED, error(reason)));
    }

    private CloudEvent reply(
            ConsumerRecord<byte[], byte[]> origin, @Nullable CloudEvent request, String type, Object payload) {
        return request == null
                ? ItemEvents.event(Origin.id(origin), settings.source(), type, now(), payload)
                : ItemEvents.reply(request, settings.source(), type, now(), payload);
    }

    private static ProducerRecord<byte[], byte[]> written(String topic, CloudEvent event) {
        byte[] key = event.getId().getBytes(StandardCharsets.UTF_8);
        return KafkaMessageFactory.<byte[]>createWriter(topic, key).writeBinary(event);
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
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
        header(letter, DeadLetterHeaders.CODE, reason.code().code());
        header(letter, DeadLetterHeaders.MESSAGE, message(reason));
        header(letter, DeadLetterHeaders.TOPIC, origin.topic());
        header(letter, DeadLetterHeaders.PARTITION, Integer.toString(origin.partition()));
        header(letter, DeadLetterHeaders.OFFSET, Long.toString(origin.offset()));
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
