package dev.triptych.gateway.telemetry;

import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The trace in which work goes on that outlives its request. */
public final class TraceParents {

    /** Of version 0; what is none is no trace, as the standard has it. */
    private static final Pattern TRACE_PARENT = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private final @Nullable Tracer tracer;

    /** @param tracer {@code null} where nobody traces */
    public TraceParents(@Nullable Tracer tracer) {
        this.tracer = tracer;
    }

    /**
     * A {@code traceparent} that names the span of the request at hand; the client's own where nobody traces here.
     *
     * @param given the request's header
     */
    public @Nullable String current(@Nullable String given) {
        TraceContext context =
                tracer == null ? null : tracer.currentTraceContext().context();
        if (context != null) {
            return "00-%s-%s-%s"
                    .formatted(
                            context.traceId(), context.spanId(), Boolean.TRUE.equals(context.sampled()) ? "01" : "00");
        }
        return given != null && TRACE_PARENT.matcher(given).matches() ? given : null;
    }
}
