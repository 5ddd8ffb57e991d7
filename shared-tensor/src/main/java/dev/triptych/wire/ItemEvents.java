package dev.triptych.wire;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Builds and reads the CloudEvents 1.0 of job items. Kafka carries them in binary mode. */
public final class ItemEvents {

    private static final String JSON = "application/json";

    /** W3C trace context, as the CloudEvents distributed-tracing extension names it. */
    private static final String TRACE_PARENT = "traceparent";

    /** The job that an item belongs to; canceled with it. */
    private static final String JOB = "jobid";

    /** An instant as of RFC 3339, after which an item's result is of no use. */
    private static final String DEADLINE = "deadline";

    /** {@code interactive}, or {@code batch}, which goes behind and is the default. */
    private static final String PRIORITY = "priority";

    /** What a request says besides its value; all of it goes on to the next step of a chain. */
    private static final List<String> EXTENSIONS = List.of(TRACE_PARENT, JOB, DEADLINE, PRIORITY);

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

    /** The event as one of a job's items. */
    public static CloudEvent ofJob(CloudEvent event, String job) {
        return CloudEventBuilder.v1(event).withExtension(JOB, job).build();
    }

    /** The event as part of a trace; as it is where there is none. */
    public static CloudEvent traced(CloudEvent event, @Nullable String traceParent) {
        return traceParent == null
                ? event
                : CloudEventBuilder.v1(event)
                        .withExtension(TRACE_PARENT, traceParent)
                        .build();
    }

    /** The job that the event belongs to, if any. */
    public static Optional<String> job(CloudEvent event) {
        return Optional.ofNullable(event.getExtension(JOB)).map(Object::toString);
    }

    /**
     * When the event's result is of no use any more, if ever.
     *
     * @throws TriptychException.Rejected if the deadline is not an instant
     */
    public static Optional<Instant> deadline(CloudEvent event) {
        Object deadline = event.getExtension(DEADLINE);
        if (deadline == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(deadline.toString()).toInstant());
        } catch (DateTimeParseException e) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD,
                    "ce_deadline",
                    "ce_deadline must be a time such as 2026-01-31T12:00:00Z, got \"" + deadline + "\"");
        }
    }

    /**
     * Whether somebody waits for the event's result.
     *
     * @throws TriptychException.Rejected if the priority is an unknown one
     */
    public static boolean interactive(CloudEvent event) {
        Object priority = event.getExtension(PRIORITY);
        return switch (priority == null ? "batch" : priority.toString()) {
            case "interactive" -> true;
            case "batch" -> false;
            default ->
                throw new TriptychException.Rejected(
                        ErrorCode.INVALID_FIELD,
                        "ce_priority",
                        "ce_priority must be interactive or batch, got \"" + priority + "\"");
        };
    }

    /** The request that follows from another: same id, source, trace, job, deadline and priority. */
    public static CloudEvent next(CloudEvent request, String type, OffsetDateTime time, Object payload) {
        CloudEventBuilder next = CloudEventBuilder.v1(event(request.getId(), request.getSource(), type, time, payload));
        for (String name : EXTENSIONS) {
            Object value = request.getExtension(name);
            if (value != null) {
                next.withExtension(name, value.toString());
            }
        }
        return next.build();
    }

    /** The terminal event of a request: same id and trace, the worker as source. */
    public static CloudEvent reply(CloudEvent request, URI source, String type, OffsetDateTime time, Object payload) {
        CloudEvent reply = event(request.getId(), source, type, time, payload);
        Object trace = request.getExtension(TRACE_PARENT);
        return traced(reply, trace == null ? null : trace.toString());
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
