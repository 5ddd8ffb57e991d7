package dev.triptych.text.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.fake.HttpDoor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** What is refused whatever the body asks for. */
@SpringBootTest(
        classes = HttpDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "management.server.port=")
@AutoConfigureWebTestClient
class ApiRefusalsIT {

    private static final String TRANSLATIONS = "/v1/translations";
    private static final String COMPLETIONS = "/v1/completions";
    private static final String TRANSLATE = "/translate";

    @Autowired
    WebTestClient client;

    @ParameterizedTest
    @MethodSource("paths")
    void aBodyOverOneMebibyteIsTooLarge(String path) {
        EntityExchangeResult<JsonNode> result = Refusals.post(client, path, "{'x':'" + "a".repeat(1 << 20) + "'}");
        assertThat(result.getStatus().value()).isEqualTo(413);
        assertThat(result.getResponseBody().toString()).contains("limit");
    }

    @ParameterizedTest
    @MethodSource("paths")
    void anotherMediaTypeIsRefused(String path) {
        client.post()
                .uri(path)
                .contentType(MediaType.IMAGE_PNG)
                .bodyValue(new byte[] {1, 2, 3})
                .exchange()
                .expectStatus()
                .isEqualTo(415)
                .expectBody(String.class)
                .value(body -> assertThat(body).contains("image/png"));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void anotherMethodIsRefusedAndTheRightOneNamed(String path) {
        client.method(HttpMethod.DELETE)
                .uri(path)
                .exchange()
                .expectStatus()
                .isEqualTo(405)
                .expectHeader()
                .valueEquals("Allow", "POST");
    }

    static Stream<String> paths() {
        return Stream.of(TRANSLATIONS, COMPLETIONS, TRANSLATE);
    }

    @Test
    void aBrokenFormIsRefused() {
        client.post()
                .uri(TRANSLATE)
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .bodyValue("q=%zz&source=en&target=de")
                .exchange()
                .expectStatus()
                .is4xxClientError();
    }

    @Test
    void anUnknownPathIsNotFound() {
        client.get()
                .uri("/v1/nothing")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("not_found");
    }

    @Test
    void anUnknownModelIsNotFoundInOpenAisShape() {
        client.get()
                .uri("/v1/models/none")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectBody()
                .jsonPath("$.error.code")
                .isEqualTo("model_not_found");
    }

    @Test
    void invalidUtf8IsRefused() {
        byte[] body = "{\"source\":\"en\",\"target\":\"de\",\"input\":\"a?b\"}".getBytes();
        body[body.length - 4] = (byte) 0xFF;
        client.post()
                .uri(TRANSLATIONS)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange()
                .expectStatus()
                .isBadRequest();
    }
}
