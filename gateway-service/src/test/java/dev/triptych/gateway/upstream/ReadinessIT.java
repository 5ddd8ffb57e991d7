package dev.triptych.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.gateway.support.FakeServices;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;

@TestPropertySource(
        properties = {"triptych.gateway.readiness-interval=100ms", "triptych.gateway.readiness-timeout=500ms"})
class ReadinessIT extends FakeServices {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @LocalManagementPort
    private int managementPort;

    private WebTestClient management;
    private WebTestClient open;

    @BeforeEach
    void connect() {
        management = clientOf(managementPort);
        open = clientOf(port);
    }

    @Test
    void readyOnceBothServicesAnswerTheirProbes() {
        await().atMost(PATIENCE).untilAsserted(() -> expectReadiness(200));
    }

    @Test
    void aServiceThatIsNotReadyMakesTheGatewayNotReadyButLeavesItAlive() {
        VISION.ready(false);
        await().atMost(PATIENCE)
                .untilAsserted(() -> management
                        .get()
                        .uri("/actuator/health/readiness")
                        .exchange()
                        .expectStatus()
                        .isEqualTo(503)
                        .expectBody()
                        .jsonPath("$.components.services.components.text.status")
                        .isEqualTo("UP")
                        .jsonPath("$.components.services.components.vision.details.reason")
                        .isEqualTo("HTTP 503"));
        expectAlive();
    }

    @Test
    void aServiceThatDoesNotAnswerIsNotReadyUntilItDoes() {
        TEXT.answerProbe((request, response) -> Mono.never());
        await().atMost(PATIENCE).untilAsserted(() -> expectReadiness(503));
        expectAlive();
        TEXT.ready(true);
        await().atMost(PATIENCE).untilAsserted(() -> expectReadiness(200));
    }

    @Test
    void managementIsNotOnThePublicPort() {
        open.get()
                .uri("/actuator/health")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectBody();
    }

    @Test
    void metricsNameTheRouteAndNoAddress() {
        open.get().uri("/languages").exchange().expectStatus().isOk().expectBody();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(scrape())
                        .containsPattern("http_server_requests_seconds_count\\{[^}]*uri=\"/languages\"")
                        .containsPattern("spring_cloud_gateway_requests_seconds_count\\{[^}]*routeId=\"languages\"")
                        .doesNotContain("127.0.0.1"));
    }

    private String scrape() {
        return String.valueOf(management
                .get()
                .uri("/actuator/prometheus")
                .exchange()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody());
    }

    private void expectReadiness(int status) {
        management
                .get()
                .uri("/actuator/health/readiness")
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectBody();
    }

    private void expectAlive() {
        management
                .get()
                .uri("/actuator/health/liveness")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody();
    }

    private static WebTestClient clientOf(int port) {
        return WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .responseTimeout(PATIENCE)
                .build();
    }
}
