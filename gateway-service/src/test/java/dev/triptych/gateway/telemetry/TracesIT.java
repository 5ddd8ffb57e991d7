package dev.triptych.gateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.gateway.support.FakeServices;
import dev.triptych.testkit.TraceReceiver;
import dev.triptych.testkit.TraceReceiver.ReceivedSpan;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;

/** A gateway that exports its traces. */
@TestPropertySource(
        properties = {
            "management.opentelemetry.tracing.export.schedule-delay=100ms",
            "triptych.services.text.response-timeout=1s"
        })
@ExtendWith(OutputCaptureExtension.class)
class TracesIT extends FakeServices {

    private static final TraceReceiver RECEIVER = TraceReceiver.start();
    private static final String ENDPOINT = "TRIPTYCH_OTLP_ENDPOINT";
    private static final String CALLER = "00f067aa0ba902b7";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Autowired
    private WebTestClient client;

    static {
        // As early as the environment's: dynamic properties come after it is settled what is there.
        System.setProperty(ENDPOINT, RECEIVER.endpoint());
    }

    @AfterAll
    static void stopReceiving() {
        System.clearProperty(ENDPOINT);
        RECEIVER.close();
    }

    @Test
    void theServiceIsCalledWithinTheGatewaysOwnSpans() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4801";
        AtomicReference<String> seen = new AtomicReference<>("");
        TEXT.answer((request, response) -> {
            seen.set(String.join(",", request.requestHeaders().getAll("traceparent")));
            return response.send();
        });

        get("/languages", trace, "01").expectStatus().isOk().expectBody();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(RECEIVER.ofTrace(trace)).hasSize(2));
        ReceivedSpan door = RECEIVER.ofTrace(trace).stream()
                .filter(span -> span.parentId().equals(CALLER))
                .findFirst()
                .orElseThrow();
        ReceivedSpan call = RECEIVER.ofTrace(trace).stream()
                .filter(span -> span.parentId().equals(door.spanId()))
                .findFirst()
                .orElseThrow();
        assertThat(door.service()).isEqualTo("gateway-service");
        assertThat(seen).hasValue("00-" + trace + "-" + call.spanId() + "-01");
    }

    @Test
    void aTraceThatIsNotSampledGoesOnUnsampled() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4802";
        AtomicReference<String> seen = new AtomicReference<>("");
        TEXT.answer((request, response) -> {
            seen.set(String.join(",", request.requestHeaders().getAll("traceparent")));
            return response.send();
        });

        get("/languages", trace, "00").expectStatus().isOk().expectBody();

        assertThat(seen.get()).matches("00-" + trace + "-[0-9a-f]{16}-00");
    }

    @Test
    void whatTheGatewayItselfAsksBelongsToTheTraceAsWell() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4804";
        AtomicReference<String> seen = new AtomicReference<>("");
        TEXT.answer((request, response) -> {
            if (request.uri().equals("/v1/models")) {
                seen.set(String.join(",", request.requestHeaders().getAll("traceparent")));
            }
            return response.status(500).send();
        });

        get("/v1/models", trace, "01").expectBody();

        assertThat(seen.get()).matches("00-" + trace + "-[0-9a-f]{16}-01");
    }

    @Test
    void linesOfTheLogNameTheTrace(CapturedOutput output) {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4803";
        TEXT.answer((request, response) -> Mono.never());

        get("/languages", trace, "01").expectStatus().is5xxServerError().expectBody();

        assertThat(output.getOut().lines())
                .anyMatch(line -> line.contains(trace) && line.contains("deadline_exceeded"));
    }

    private WebTestClient.ResponseSpec get(String path, String trace, String flags) {
        return client.get()
                .uri(path)
                .header("traceparent", "00-" + trace + "-" + CALLER + "-" + flags)
                .exchange();
    }
}
