package dev.triptych.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gateway.support.FakeServices;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestPropertySource(properties = "triptych.access.key-cache=1h")
class OpenGatewayIT extends FakeServices {

    @Autowired
    private WebTestClient client;

    @Test
    void theFirstKeyClosesTheGatewayForGood() {
        client.post().uri("/v1/completions").exchange().expectStatus().isOk();
        client.post()
                .uri("/v1/completions")
                .headers(headers -> headers.setBearerAuth("whatever a client sends"))
                .exchange()
                .expectStatus()
                .isOk();
        create("text")
                .expectStatus()
                .isEqualTo(422)
                .expectBody()
                .jsonPath("$.field")
                .isEqualTo("scopes");
        client.post().uri("/v1/completions").exchange().expectStatus().isOk();

        JsonNode key = JsonMapper.builder()
                .build()
                .readTree(Objects.requireNonNull(create("admin")
                        .expectStatus()
                        .isCreated()
                        .expectBody()
                        .returnResult()
                        .getResponseBody()));
        client.post().uri("/v1/completions").exchange().expectStatus().isUnauthorized();
        create("admin").expectStatus().isUnauthorized();

        assertThat(key.path("id").asString()).startsWith("key_");
        client.delete()
                .uri("/v1/keys/{id}", key.path("id").asString())
                .headers(headers -> headers.setBearerAuth(key.path("key").asString()))
                .exchange()
                .expectStatus()
                .isOk();
        client.post().uri("/v1/completions").exchange().expectStatus().isUnauthorized();
        create("admin").expectStatus().isUnauthorized();
    }

    private WebTestClient.ResponseSpec create(String scope) {
        return client.post()
                .uri("/v1/keys")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"name\":\"first\",\"scopes\":[\"" + scope + "\"]}")
                .exchange();
    }
}
