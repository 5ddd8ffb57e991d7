package dev.triptych.vision.job;

import dev.triptych.vision.image.EncodedImage;
import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.vit.VisionOptions;
import dev.triptych.vision.vit.VisionRequest;
import dev.triptych.wire.ClassificationItem;
import dev.triptych.wire.DetectionItem;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.SegmentationItem;
import dev.triptych.wire.TriptychException;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Reads records as requests. Anything may have written them, so every fault is one of the record, never of the batch. */
final class ItemReader {

    private static final String ID_HEADER = "ce_id";
    private static final List<String> TYPES = List.of(EventTypes.CLASSIFY, EventTypes.DETECT, EventTypes.SEGMENT);

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
    VisionRequest request(CloudEvent event) {
        return switch (event.getType()) {
            case EventTypes.CLASSIFY -> {
                ClassificationItem item = ItemEvents.payload(event, ClassificationItem.class);
                int topK = orElse(item.topK(), VisionOptions.Classification.DEFAULT_TOP_K);
                yield request(item.model(), item.image(), new VisionOptions.Classification(topK, 0));
            }
            case EventTypes.DETECT -> {
                DetectionItem item = ItemEvents.payload(event, DetectionItem.class);
                Double threshold = item.threshold();
                yield request(
                        item.model(),
                        item.image(),
                        new VisionOptions.Detection(
                                orElse(item.topK(), VisionOptions.MAX_TOP_K),
                                threshold == null ? OptionalDouble.empty() : OptionalDouble.of(threshold)));
            }
            case EventTypes.SEGMENT -> {
                SegmentationItem item = ItemEvents.payload(event, SegmentationItem.class);
                Double threshold = item.threshold();
                yield request(
                        item.model(),
                        item.image(),
                        new VisionOptions.Segmentation(
                                orElse(item.topK(), VisionOptions.MAX_TOP_K), threshold == null ? 0 : threshold));
            }
            default ->
                throw new TriptychException.Rejected(
                        ErrorCode.INVALID_FIELD,
                        "ce_type",
                        "ce_type must be one of " + TYPES + ", got '" + event.getType() + "'");
        };
    }

    private VisionRequest request(@Nullable String model, String image, VisionOptions options) {
        return new VisionRequest(model, EncodedImage.bytes(image, limits), options);
    }

    private static int orElse(@Nullable Integer value, int otherwise) {
        return value == null ? otherwise : value;
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
