package dev.triptych.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.gateway.support.FakeServices;
import dev.triptych.gateway.support.MultipartForm;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Limits by key, as a client meets them. */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(
        properties = {
            "triptych.access.admin-key-hash=7de44d4a7ae0c6f8279ddead5acc4e31d197f29338954e49143fde5afa365331",
            "triptych.limits.images-per-minute=1"
        })
class QuotaIT extends FakeServices {

    private static final String OPERATOR = "tk_the-operators-own";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Autowired
    private WebTestClient client;

    @Test
    void whatIsOverTheLimitOfRequestsIs429AndSaysWhenToComeAgain() {
        String key = create("\"requests_per_minute\":2");
        String other = create("\"requests_per_minute\":2");
        for (int remaining = 1; remaining >= 0; remaining--) {
            post(key, "/v1/completions")
                    .expectStatus()
                    .isOk()
                    .expectHeader()
                    .valueEquals("x-ratelimit-limit-requests", "2")
                    .expectHeader()
                    .valueEquals("x-ratelimit-remaining-requests", Integer.toString(remaining))
                    .expectHeader()
                    .valueMatches("x-ratelimit-reset-requests", "\\d+\\.\\d{3}s");
        }
        post(key, "/v1/completions")
                .expectStatus()
                .isEqualTo(429)
                .expectHeader()
                .value(
                        "Retry-After",
                        seconds -> assertThat(Integer.parseInt(seconds)).isBetween(1, 30))
                .expectHeader()
                .valueEquals("x-ratelimit-remaining-requests", "0")
                .expectBody()
                .jsonPath("$.error.type")
                .isEqualTo("rate_limit_error")
                .jsonPath("$.error.message")
                .value(String.class, text -> assertThat(text).startsWith("The key's limit of 2 requests a minute"));
        post(key, "/translate")
                .expectStatus()
                .isEqualTo(429)
                .expectBody()
                .jsonPath("$.error")
                .isNotEmpty();
        call(key, "GET", "/v1/files").expectStatus().isOk();
        post(other, "/v1/completions").expectStatus().isOk();
    }

    @Test
    void aKeyWithoutALimitOfItsOwnHasTheGateways() {
        TEXT.answerJson(200, "{}");
        String key = create("\"requests_per_minute\":null");
        post(key, "/v1/vision/detections")
                .expectStatus()
                .isOk()
                .expectHeader()
                .doesNotExist("x-ratelimit-limit-requests")
                .expectHeader()
                .valueEquals("x-ratelimit-limit-images", "1");
        post(key, "/v1/vision/detections").expectStatus().isEqualTo(429);
        post(create("\"images_per_minute\":3"), "/v1/vision/detections")
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("x-ratelimit-remaining-images", "2");
    }

    @Test
    void tokensAreDrawnAfterTheAnswerAndTheServicesHeaderStaysInside(CapturedOutput output) {
        TEXT.answer((request, response) -> response.header("X-Triptych-Tokens", "25")
                .header("asked", String.valueOf(request.requestHeaders().get("X-Triptych-Usage")))
                .sendString(Mono.just("{}")));
        String key = create("\"tokens_per_minute\":20");
        post(key, "/v1/completions")
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("x-ratelimit-remaining-tokens", "20")
                .expectHeader()
                .valueEquals("asked", "true")
                .expectHeader()
                .doesNotExist("X-Triptych-Tokens");
        post(key, "/v1/completions")
                .expectStatus()
                .isEqualTo(429)
                .expectHeader()
                .value(
                        "Retry-After",
                        seconds -> assertThat(Integer.parseInt(seconds)).isBetween(10, 18));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(output.getAll())
                        .containsPattern("audit.*route=/v1/completions status=200 tokens=25 "));
    }

    @Test
    void aStreamsTokensAreReadFromItsEnd(CapturedOutput output) {
        TEXT.answer((request, response) -> response.header("Content-Type", "text/event-stream")
                .sendString(Flux.just("data: {\"a\":1}\n\n", ": tok", "ens 31\n\ndata: [DONE]\n\n")));
        String key = create("\"tokens_per_minute\":30");
        byte[] body = post(key, "/v1/completions")
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult()
                .getResponseBody();
        assertThat(new String(Objects.requireNonNull(body), StandardCharsets.UTF_8))
                .endsWith("data: [DONE]\n\n");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(output.getAll()).containsPattern("status=200 tokens=31 "));
        post(key, "/v1/completions").expectStatus().isEqualTo(429);
    }

    @Test
    void aKeyHasSoManyBatchesAtATime() {
        String key = create("\"concurrent_jobs\":1");
        String file = id(client.post()
                .uri("/v1/files")
                .headers(headers -> headers.setBearerAuth(key))
                .header("Content-Type", MultipartForm.CONTENT_TYPE)
                .bodyValue(new MultipartForm()
                        .field("purpose", "batch")
                        .file("file", "a.jsonl", new byte[] {'\n'})
                        .bytes())
                .exchange());
        String batch = id(batch(key, file).expectStatus().isOk());
        batch(key, file)
                .expectStatus()
                .isEqualTo(429)
                .expectBody()
                .jsonPath("$.error.message")
                .isEqualTo("The key has 1 batches that have not ended, which is its limit.");
        assertThat(batch).startsWith("batch_");
    }

    private WebTestClient.ResponseSpec batch(String key, String file) {
        return client.post()
                .uri("/v1/batches")
                .headers(headers -> headers.setBearerAuth(key))
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"input_file_id\":\"%s\",\"endpoint\":\"/v1/completions\",\"completion_window\":\"24h\"}"
                        .formatted(file))
                .exchange();
    }

    private String create(String limit) {
        EntityExchangeResult<byte[]> made = client.post()
                .uri("/v1/keys")
                .headers(headers -> headers.setBearerAuth(OPERATOR))
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"name\":\"n\",\"scopes\":[\"text\",\"vision\",\"batch\"]," + limit + "}")
                .exchange()
                .expectStatus()
                .isCreated()
                .expectBody()
                .returnResult();
        return json(made).path("key").asString();
    }

    private static String id(WebTestClient.ResponseSpec response) {
        return json(response.expectBody().returnResult()).path("id").asString();
    }

    private static JsonNode json(EntityExchangeResult<byte[]> result) {
        return JsonMapper.builder().build().readTree(Objects.requireNonNull(result.getResponseBody()));
    }

    private WebTestClient.ResponseSpec post(String key, String path) {
        return call(key, "POST", path);
    }

    private WebTestClient.ResponseSpec call(String key, String method, String path) {
        return client.method(HttpMethod.valueOf(method))
                .uri(path)
                .headers(headers -> headers.setBearerAuth(key))
                .exchange();
    }
}
