package dev.triptych.text.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.runtime.RuntimeListener;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Dashboards and alerts know these names. */
class MeteredListenerTest {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MeteredListener listener = new MeteredListener(registry, "m");

    @Test
    void metersCarryTheirPublishedNames() {
        listener.loadChanged(3, 2);
        listener.admitted(1_000_000, 7);
        listener.firstToken(2_000_000_000L);
        listener.nextToken(1_000_000);
        listener.stepped(2);
        listener.encoded(0.25);
        listener.finished(FinishReason.CANCELLED, 1_000_000_000L, 2);
        listener.released(1);
        listener.failed();
        listener.chosen("ctc");
        assertThat(registry.scrape().lines())
                .contains(
                        "triptych_requests_waiting{model=\"m\"} 3.0",
                        "triptych_requests_running{model=\"m\"} 2.0",
                        "triptych_queue_seconds_count{model=\"m\"} 1",
                        "triptych_time_to_first_token_seconds_sum{model=\"m\"} 2.0",
                        "triptych_inter_token_seconds_count{model=\"m\"} 1",
                        "triptych_prompt_tokens_total{model=\"m\"} 7.0",
                        "triptych_generated_tokens_total{model=\"m\"} 2.0",
                        "triptych_batch_rows_sum{model=\"m\"} 2.0",
                        "triptych_padding_ratio_sum{model=\"m\"} 0.25",
                        "triptych_request_seconds_count{model=\"m\",outcome=\"cancelled\"} 1",
                        "triptych_request_seconds_count{model=\"m\",outcome=\"stop\"} 0",
                        "triptych_cancel_steps_sum{model=\"m\"} 1.0",
                        "triptych_cancel_steps_bucket{model=\"m\",le=\"1.0\"} 1",
                        "triptych_strategy_chosen_total{model=\"m\",strategy=\"ctc\"} 1.0",
                        "triptych_failed_steps_total{model=\"m\"} 1.0");
    }

    /** While one version of a model takes over from another, both have something to do. */
    @Test
    void listenersOfOneModelAddUp() {
        Function<String, RuntimeListener> listeners = MeteredListener.perModel(registry, EngineTraces.NONE);
        RuntimeListener before = listeners.apply("two");
        RuntimeListener after = listeners.apply("two");
        before.loadChanged(3, 2);
        after.loadChanged(1, 4);
        before.loadChanged(2, 2);
        assertThat(registry.scrape().lines())
                .contains(
                        "triptych_requests_waiting{model=\"two\"} 3.0", "triptych_requests_running{model=\"two\"} 6.0");
        before.loadChanged(0, 0);
        assertThat(registry.scrape().lines())
                .contains(
                        "triptych_requests_waiting{model=\"two\"} 1.0", "triptych_requests_running{model=\"two\"} 4.0");
    }
}
