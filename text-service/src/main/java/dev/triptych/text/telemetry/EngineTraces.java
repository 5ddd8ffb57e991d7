package dev.triptych.text.telemetry;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GenerationEvent.GenerationTiming;
import dev.triptych.text.runtime.RequestTrace;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Spans of requests in the engine, from submission to the last event: children of whatever span the submitting thread is
 * in. Attributes are named by OpenTelemetry's conventions for generative models where those have a name.
 */
@FunctionalInterface
public interface EngineTraces {

    /** Where nobody traces. */
    EngineTraces NONE = (operation, model, promptTokens) -> RequestTrace.NONE;

    /**
     * A request begins; called on the submitter's thread.
     *
     * @param operation as {@link dev.triptych.text.runtime.RuntimeListener#traced} has it
     */
    RequestTrace begin(String operation, String model, int promptTokens);

    /** Spans of a tracer. */
    static EngineTraces of(Tracer tracer) {
        return (operation, model, promptTokens) -> new EngineSpan(
                tracer,
                tracer.spanBuilder()
                        .name(operation + " " + model)
                        .tag("gen_ai.operation.name", operation)
                        .tag("gen_ai.request.model", model)
                        .tag("gen_ai.usage.input_tokens", promptTokens)
                        .start());
    }

    /** One request's span. */
    record EngineSpan(Tracer tracer, Span span) implements RequestTrace {

        @Override
        public Scope enter() {
            return tracer.withSpan(span)::close;
        }

        @Override
        public void firstToken() {
            span.event("first token");
        }

        @Override
        public void ended(FinishReason reason, GenerationTiming timing, int generatedTokens) {
            span.tag("gen_ai.response.finish_reasons", reason.name().toLowerCase(Locale.ROOT));
            span.tag("gen_ai.usage.output_tokens", generatedTokens);
            span.tag("triptych.queue_ms", millis(timing.queueNanos()));
            span.tag("triptych.encode_ms", millis(timing.encodeNanos()));
            span.tag("triptych.decode_ms", millis(timing.decodeNanos()));
            span.tag("triptych.steps", timing.steps());
            if (timing.drafted() > 0) {
                span.tag("triptych.drafted", timing.drafted());
                span.tag("triptych.accepted", timing.accepted());
            }
            if (reason == FinishReason.ERROR) {
                span.tag("error.type", "engine");
            }
            span.end();
        }

        private static double millis(long nanos) {
            return nanos / (double) TimeUnit.MILLISECONDS.toNanos(1);
        }
    }
}
