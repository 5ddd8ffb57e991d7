package dev.triptych.vision.telemetry;

import dev.triptych.vision.batching.PictureTrace;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Spans of requests, from their arrival over decoding, queue and run to the answer: children of whatever span the
 * submitting thread is in.
 */
final class PictureTraces {

    private final @Nullable Tracer tracer;

    /** @param tracer {@code null} where nobody traces */
    PictureTraces(@Nullable Tracer tracer) {
        this.tracer = tracer;
    }

    PictureTrace begin(String model) {
        return tracer == null
                ? PictureTrace.NONE
                : new PictureSpan(
                        tracer,
                        tracer.spanBuilder()
                                .name("image_analysis " + model)
                                .tag("gen_ai.operation.name", "image_analysis")
                                .tag("gen_ai.request.model", model)
                                .start());
    }

    /** The trace that this thread is in. */
    PictureTrace current() {
        Span span = tracer == null ? null : tracer.currentSpan();
        return tracer == null || span == null ? PictureTrace.NONE : new PictureSpan(tracer, span);
    }

    /** Notes in the trace that this thread is in how long its picture waited for its batch. */
    void waited(Duration waited) {
        Span span = tracer == null ? null : tracer.currentSpan();
        if (span != null) {
            span.tag("triptych.queue_ms", waited.toNanos() / (double) TimeUnit.MILLISECONDS.toNanos(1));
            span.event("batch");
        }
    }

    private record PictureSpan(Tracer tracer, Span span) implements PictureTrace {

        @Override
        public Scope enter() {
            return tracer.withSpan(span)::close;
        }

        @Override
        public void ended(String outcome) {
            span.tag("triptych.outcome", outcome);
            if (!outcome.equals(VisionMetrics.OK)) {
                span.tag("error.type", outcome);
            }
            span.end();
        }
    }
}
