package dev.triptych.worker.tracing;

import java.util.List;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * Traces are made where they have somewhere to go. Without an endpoint a service starts, runs and logs as if it had no
 * library for them, and a {@code traceparent} that comes in goes out as it came.
 */
final class TracingSwitch implements EnvironmentPostProcessor, Ordered {

    static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

    private static final String BOOT = "org.springframework.boot.";
    private static final String TRACING = BOOT + "micrometer.tracing.";

    private static final Map<String, Object> ON = Map.of(
            // What is current in a trace follows a request over Reactor's threads.
            "spring.reactor.context-propagation", "auto");

    private static final Map<String, Object> OFF = Map.of(
            "spring.autoconfigure.exclude",
            String.join(
                    ",",
                    List.of(
                            BOOT + "opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
                            TRACING + "opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
                            TRACING + "opentelemetry.autoconfigure.otlp.OtlpTracingAutoConfiguration",
                            TRACING + "autoconfigure.MicrometerTracingAutoConfiguration",
                            TRACING + "autoconfigure.NoopTracerAutoConfiguration",
                            TRACING + "autoconfigure.prometheus.PrometheusExemplarsAutoConfiguration")),
            // Lines of the log get no place for ids that they never have.
            "management.tracing.export.enabled",
            false);

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        boolean on = StringUtils.hasText(environment.getProperty(ENDPOINT));
        environment.getPropertySources().addLast(new MapPropertySource("tracingSwitch", on ? ON : OFF));
    }

    /** After the configuration files have been read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
