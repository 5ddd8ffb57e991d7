package dev.triptych.worker;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.TriptychException;
import io.cloudevents.CloudEvent;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record as it came.
 *
 * @param event {@code null} where it is none
 * @param refusal why it cannot be worked on
 * @param interactive whether somebody waits for it
 */
record Arrival(
        ConsumerRecord<byte[], byte[]> origin,
        @Nullable CloudEvent event,
        @Nullable TriptychException refusal,
        boolean interactive) {

    /** Those that somebody waits for first, otherwise as they came. */
    static List<Arrival> inOrder(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(Arrival::of)
                .sorted(Comparator.comparing(Arrival::interactive).reversed())
                .toList();
    }

    private static Arrival of(ConsumerRecord<byte[], byte[]> record) {
        CloudEvent event = null;
        try {
            event = Origin.event(record);
            return new Arrival(record, event, null, ItemEvents.interactive(event));
        } catch (TriptychException e) {
            return new Arrival(record, event, e, false);
        }
    }

    TriptychException fault() {
        return refusal == null
                ? new TriptychException.Failed(ErrorCode.INTERNAL, "the record cannot be read", null)
                : refusal;
    }
}
