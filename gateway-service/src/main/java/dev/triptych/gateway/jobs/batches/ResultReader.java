package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.errors.OpenAiError;
import dev.triptych.gateway.jobs.store.ItemResult;
import dev.triptych.wire.EndpointAnswer;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemError;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.WireJson;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.rw.CloudEventRWException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Reads records as results of items. Anything may have written them; other producers' are skipped by their id. */
final class ResultReader {

    private static final String ID_HEADER = "ce_id";
    private static final int OK = 200;

    private ResultReader() {}

    static Optional<ItemResult> read(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(ID_HEADER);
        return header == null || header.value() == null
                ? Optional.empty()
                : ItemId.of(new String(header.value(), StandardCharsets.UTF_8)).map(id -> result(id, record));
    }

    private static ItemResult result(ItemId id, ConsumerRecord<byte[], byte[]> record) {
        try {
            CloudEvent event = KafkaMessageFactory.createReader(record).toEvent();
            return switch (event.getType()) {
                case EventTypes.ANSWERED ->
                    completed(
                            id,
                            WireJson.mapper()
                                    .writeValueAsBytes(ItemEvents.payload(event, EndpointAnswer.class)
                                            .body()));
                case EventTypes.CLASSIFIED, EventTypes.CHAINED ->
                    event.getData() == null
                            ? unreadable(id, "it has no value")
                            : completed(id, event.getData().toBytes());
                case EventTypes.FAILED -> failed(id, ItemEvents.payload(event, ItemError.class));
                default -> unreadable(id, "its type is " + event.getType());
            };
        } catch (TriptychException | CloudEventRWException e) {
            return unreadable(id, String.valueOf(e.getMessage()));
        }
    }

    private static ItemResult completed(ItemId id, byte[] body) {
        return new ItemResult(id.batchId(), id.line(), true, OK, body);
    }

    private static ItemResult failed(ItemId id, ItemError error) {
        if (error.code().equals(ErrorCode.CANCELLED.code())) {
            return new ItemResult(id.batchId(), id.line(), false, null, GivenUp.CANCELLED.json());
        }
        ErrorCode code = Arrays.stream(ErrorCode.values())
                .filter(each -> each.code().equals(error.code()))
                .findAny()
                .orElse(ErrorCode.INTERNAL);
        return new ItemResult(
                id.batchId(),
                id.line(),
                false,
                code.httpStatus(),
                WireJson.mapper().writeValueAsBytes(OpenAiError.body(code, error.message(), error.field())));
    }

    private static ItemResult unreadable(ItemId id, String reason) {
        return failed(id, new ItemError(ErrorCode.INTERNAL.code(), "the result cannot be read: " + reason, null));
    }
}
