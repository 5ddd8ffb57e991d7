package dev.triptych.text.job;

import dev.triptych.text.generation.Priority;
import dev.triptych.text.translation.LanguagePair;
import dev.triptych.text.translation.TranslationRequest;
import dev.triptych.text.translation.TranslationStrategies;
import dev.triptych.text.translation.Translator;
import dev.triptych.text.translation.WellFormedText;
import dev.triptych.wire.EndpointItem;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.TranslationItem;
import dev.triptych.wire.TriptychException;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import tools.jackson.databind.node.ObjectNode;

/** Reads records as requests. Anything may have written them, so every fault is one record's, never its poll's. */
final class ItemReader {

    private static final String ID_HEADER = "ce_id";

    private ItemReader() {}

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

    /**
     * The work that the event asks for, not yet begun.
     *
     * @throws TriptychException.Rejected if the event is of another type or its value breaks the schema
     */
    static ItemAttempt attempt(CloudEvent event, Translator translator, EndpointCalls endpoints) {
        return switch (event.getType()) {
            case EventTypes.TRANSLATE -> ItemAttempt.translating(translation(event), translator);
            case EventTypes.CALL -> {
                EndpointItem item = ItemEvents.payload(event, EndpointItem.class);
                // The schema has seen to its being an object.
                yield ItemAttempt.calling(item.url(), (ObjectNode) item.body(), endpoints);
            }
            default ->
                throw new TriptychException.Rejected(
                        ErrorCode.INVALID_FIELD,
                        "ce_type",
                        "ce_type must be " + EventTypes.TRANSLATE + " or " + EventTypes.CALL + ", got \""
                                + event.getType() + "\"");
        };
    }

    private static TranslationRequest translation(CloudEvent event) {
        TranslationItem item = ItemEvents.payload(event, TranslationItem.class);
        Integer maxNewTokens = item.maxNewTokens();
        return new TranslationRequest(
                "item-" + UUID.randomUUID(),
                Optional.ofNullable(item.model()),
                new LanguagePair(item.source(), item.target()),
                List.of(WellFormedText.require(item.input(), "input")),
                new TranslationRequest.Options(
                        TranslationStrategies.named(item.strategy()),
                        maxNewTokens == null ? OptionalInt.empty() : OptionalInt.of(maxNewTokens),
                        Priority.BATCH,
                        Optional.empty()));
    }

    /** The id by which a producer finds its answer: {@code ce_id}, or the record's place where there is none. */
    static String id(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(ID_HEADER);
        return header == null || header.value() == null || header.value().length == 0
                ? record.topic() + "-" + record.partition() + "-" + record.offset()
                : new String(header.value(), StandardCharsets.UTF_8);
    }
}
