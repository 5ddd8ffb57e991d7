package dev.triptych.worker.tracing;

import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.exporter.FinishedSpan;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

/** What traces leave out, and what they are not measured by. */
@AutoConfiguration(
        afterName = "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration")
@ConditionalOnBean(Tracer.class)
final class TracingAutoConfiguration {

    /** Probes and scrapes come every few seconds and tell nothing. */
    @Bean
    SpanExportingPredicate withoutProbes() {
        return TracingAutoConfiguration::tellsSomething;
    }

    private static boolean tellsSomething(FinishedSpan span) {
        Map<String, String> tags = span.getTags();
        return !tags.getOrDefault("uri", "").startsWith("/actuator")
                && !tags.getOrDefault("http.url", "").contains("/actuator/");
    }

    /** Jobs have meters of their own; observing an item is for its trace alone. */
    @Bean
    MeterFilter itemsAreTracedNotMeasured() {
        return MeterFilter.denyNameStartsWith("triptych.item");
    }
}
