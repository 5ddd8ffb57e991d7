package dev.triptych.text.api;

import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** What the HTTP door answers to a request that is good. */
final class Answers {

    private Answers() {}

    /** The JSON of a 200; {@code body} has single quotes. */
    static JsonNode post(WebTestClient client, String path, String body) {
        return ok(client, path, body).expectBody(JsonNode.class).returnResult().getResponseBody();
    }

    /** The data of a 200's server-sent events; {@code body} has single quotes. */
    static List<String> stream(WebTestClient client, String path, String body) {
        return ok(client, path, body)
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.TEXT_EVENT_STREAM)
                .returnResult(String.class)
                .getResponseBody()
                .collectList()
                .block();
    }

    private static WebTestClient.ResponseSpec ok(WebTestClient client, String path, String body) {
        return client.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body.replace('\'', '"'))
                .exchange()
                .expectStatus()
                .isOk();
    }
}
