package dev.triptych.vision.job;

import dev.triptych.wire.TriptychException;
import dev.triptych.wire.VisionResult;
import io.cloudevents.CloudEvent;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A consumed record on its way to its one terminal record.
 *
 * @param record as it came
 * @param event the CloudEvent, or {@code null} where the record is none
 * @param outcome how it ended
 */
record Item(ConsumerRecord<byte[], byte[]> record, @Nullable CloudEvent event, Outcome outcome) {

    /** How an item ended. */
    sealed interface Outcome {}

    /** The question about the picture was answered. */
    record Answered(VisionResult result) implements Outcome {}

    /** The item failed for good. */
    record Failed(TriptychException reason) implements Outcome {}
}
