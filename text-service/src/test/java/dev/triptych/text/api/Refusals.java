package dev.triptych.text.api;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Posts what should be refused, and the rows of such tests. Single quotes stand for double ones. */
final class Refusals {

    private Refusals() {}

    static EntityExchangeResult<JsonNode> post(WebTestClient client, String path, String body) {
        return client.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body.replace('\'', '"'))
                .exchange()
                .expectBody(JsonNode.class)
                .returnResult();
    }

    /** @param field that the refusal names; null for none */
    static Arguments refusal(String body, int status, String code, @Nullable String field, String message) {
        return Arguments.of(body, status, code, field, message);
    }
}
