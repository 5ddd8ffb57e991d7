package dev.triptych.vision.job;

import dev.triptych.vision.image.EncodedImage;
import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.vit.ClassificationRequest;
import dev.triptych.wire.ClassificationItem;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.TriptychException;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Reads records as requests. Anything may have written them, so every fault is one of the record, never of the batch. */
final class ItemReader {

    private static final String ID_HEADER = "ce_id";

    private final ImageLimits limits;

    ItemReader(ImageLimits limits) {
        this.limits = limits;
    }

    /** @throws TriptychException.Rejected if the record is no CloudEvent */
    static CloudEvent event(ConsumerRecord<byte[], byte[]> record) {
        try {
            return KafkaMessageFactory.createReader(record).toEvent();
        } catch (RuntimeException e) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_REQUEST, null, "the record is not a CloudEvent: " + e.getMessage());
        }
    }

    /** @throws TriptychException.Rejected if the event is of another type or its payload breaks the schema */
    ClassificationRequest request(CloudEvent event) {
        if (!event.getType().equals(EventTypes.CLASSIFY)) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD,
                    "ce_type",
                    "ce_type must be " + EventTypes.CLASSIFY + ", got '" + event.getType() + "'");
        }
        ClassificationItem item = ItemEvents.payload(event, ClassificationItem.class);
        Integer topK = item.topK();
        return new ClassificationRequest(
                item.model(),
                EncodedImage.bytes(item.image(), limits),
                topK == null ? ClassificationRequest.DEFAULT_TOP_K : topK,
                0.0);
    }

    /** The id by which a producer finds the answer: {@code ce_id}, or where the record lies if there is none. */
    static String id(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(ID_HEADER);
        if (header != null && header.value() != null && header.value().length > 0) {
            return new String(header.value(), StandardCharsets.UTF_8);
        }
        return record.topic() + "-" + record.partition() + "-" + record.offset();
    }
}
