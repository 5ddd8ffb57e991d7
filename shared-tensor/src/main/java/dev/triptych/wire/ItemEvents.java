package dev.triptych.wire;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import java.net.URI;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Builds and reads the CloudEvents 1.0 of job items. Kafka carries them in binary mode. */
public final class ItemEvents {

    private static final String JSON = "application/json";

    /** W3C trace context, as the CloudEvents distributed-tracing extension names it. */
    private static final String TRACE_PARENT = "traceparent";

    private ItemEvents() {}

    /** An event whose value is {@code payload} as JSON. */
    public static CloudEvent event(String id, URI source, String type, OffsetDateTime time, Object payload) {
        return CloudEventBuilder.v1()
                .withId(id)
                .withSource(source)
                .withType(type)
                .withTime(time)
                .withData(JSON, WireJson.mapper().writeValueAsBytes(payload))
                .build();
    }

    /** The terminal event of a request: same id and trace, the worker as source. */
    public static CloudEvent reply(CloudEvent request, URI source, String type, OffsetDateTime time, Object payload) {
        CloudEvent reply = event(request.getId(), source, type, time, payload);
        Object trace = request.getExtension(TRACE_PARENT);
        return trace == null
                ? reply
                : CloudEventBuilder.v1(reply)
                        .withExtension(TRACE_PARENT, trace.toString())
                        .build();
    }

    /**
     * Reads an event's value.
     *
     * @throws TriptychException.Rejected if the value is missing or is not the JSON of {@code payloadType}
     */
    public static <T> T payload(CloudEvent event, Class<T> payloadType) {
        byte @Nullable [] value =
                event.getData() == null ? null : event.getData().toBytes();
        if (value == null || value.length == 0) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_REQUEST, "data", "the record has no value; " + event.getType() + " needs one");
        }
        return WirePayloads.read(value, payloadType);
    }
}
