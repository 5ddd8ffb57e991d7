package dev.triptych.gateway.errors;

import dev.triptych.gateway.support.FakeService;
import dev.triptych.gateway.support.GatewayTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Nothing listens where text-service should be; vision-service's name cannot be resolved. */
@GatewayTest
class UnreachableServiceIT {

    @Autowired
    private WebTestClient client;

    @DynamicPropertySource
    static void addresses(DynamicPropertyRegistry registry) {
        FakeService gone = FakeService.start();
        gone.stop();
        registry.add("triptych.services.text.url", gone::url);
        registry.add("triptych.services.vision.url", () -> "http://vision-service.invalid:8082");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /v1/translations | $.detail | text-service
            /v1/completions | $.error.message | text-service
            /translate | $.error | text-service
            /v2/models/m/generate | $.error | text-service
            /v1/vision/classifications | $.detail | vision-service
            """)
    void is503AndSaysWhenToTryAgain(String path, String field, String service) {
        client.post()
                .uri(path)
                .bodyValue("{}")
                .exchange()
                .expectStatus()
                .isEqualTo(503)
                .expectHeader()
                .valueEquals("Retry-After", "2")
                .expectBody()
                .jsonPath(field)
                .isEqualTo(service + " cannot be reached; try again shortly.");
    }

    @Test
    void thereIsNoModelListWithoutAnyService() {
        client.get()
                .uri("/v1/models")
                .exchange()
                .expectStatus()
                .isEqualTo(503)
                .expectHeader()
                .exists("Retry-After")
                .expectBody()
                .jsonPath("$.error.code")
                .isEqualTo("unavailable");
    }
}
