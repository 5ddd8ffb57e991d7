package dev.triptych.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.gateway.store.StoreAccess;
import dev.triptych.gateway.support.FakeService;
import dev.triptych.gateway.support.FakeServices;
import dev.triptych.gateway.support.MultipartForm;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What keys open, whichever database holds them. */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(
        properties = {
            "triptych.access.model-admin-key=sesame",
            // Of tk_the-operators-own, by sha256sum.
            "triptych.access.admin-key-hash=" + KeysContract.OPERATORS_HASH
        })
abstract class KeysContract extends FakeServices {

    static final String OPERATOR = "tk_the-operators-own";
    static final String OPERATORS_HASH = "7de44d4a7ae0c6f8279ddead5acc4e31d197f29338954e49143fde5afa365331";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Autowired
    private WebTestClient client;

    @Autowired
    private StoreAccess store;

    @LocalManagementPort
    private int managementPort;

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/completions, $.error.code, unauthorized",
        "GET, /v1/models, $.error.code, unauthorized",
        "POST, /v1/files, $.error.code, unauthorized",
        "GET, /v1/batches, $.error.code, unauthorized",
        "POST, /v1/translations, $.code, unauthorized",
        "POST, /v1/vision/classifications, $.code, unauthorized",
        "GET, /v1/keys, $.code, unauthorized",
        "GET, /nothing, $.code, unauthorized",
        "POST, /translate, $.error, A key is needed here: send Authorization: Bearer and the key.",
        "POST, /v2/models/m/generate, $.error, A key is needed here: send Authorization: Bearer and the key.",
    })
    void withoutAKeyEachProtocolAnswers401InItsShape(String method, String path, String field, String value) {
        client.method(HttpMethod.valueOf(method))
                .uri(path)
                .exchange()
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .valueEquals("WWW-Authenticate", "Bearer")
                .expectBody()
                .jsonPath(field)
                .isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tk_nobodys", "Bearer", "a.b.c", "", "tk_the-operators-ow", "tk_the-operators-own2"})
    void aKeyOfNobodyIsRefused(String key) {
        as(key, "POST", "/v1/completions").expectStatus().isUnauthorized();
    }

    @ParameterizedTest
    @CsvSource({
        "text, POST, /v1/completions, 200",
        "text, POST, /v1/translations, 200",
        "text, POST, /translate, 200",
        "text, POST, /v2/models/m/generate, 200",
        "text, POST, /v1/vision/detections, 403",
        "text, GET, /v1/files, 403",
        "text, GET, /v1/keys, 403",
        "text, POST, /v1/models/m/load, 403",
        "vision, POST, /v1/vision/detections, 200",
        "vision, POST, /v1/completions, 403",
        "vision, POST, /detect, 403",
        "batch, GET, /v1/files, 200",
        "batch, GET, /v1/batches, 200",
        "batch, POST, /v1/completions, 403",
        "admin, GET, /v1/keys, 200",
        "admin, POST, /v1/models/m/unload, 200",
        "admin, POST, /v1/completions, 403",
    })
    void aKeyOpensWhatItsScopesName(String scope, String method, String path, int status) {
        as(create(scope).path("key").asString(), method, path).expectStatus().isEqualTo(status);
    }

    @Test
    void aMissingScopeIsNamedInTheProtocolsShape() {
        String key = create("vision").path("key").asString();
        as(key, "POST", "/v1/completions")
                .expectStatus()
                .isForbidden()
                .expectBody()
                .jsonPath("$.error.code")
                .isEqualTo("forbidden")
                .jsonPath("$.error.message")
                .isEqualTo("The key lacks the scope text.");
    }

    @Test
    void aRevokedKeyIsRefusedAtOnce() {
        JsonNode key = create("text");
        String secret = key.path("key").asString();
        as(secret, "POST", "/v1/completions").expectStatus().isOk();
        as(OPERATOR, "DELETE", "/v1/keys/" + key.path("id").asString())
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.revoked_at")
                .isNumber();
        as(secret, "POST", "/v1/completions").expectStatus().isUnauthorized();
        as(OPERATOR, "DELETE", "/v1/keys/key_none").expectStatus().isNotFound();
    }

    @Test
    void keysAreListedWithTheirLimitsAndWithoutTheirSecrets() {
        String body =
                "{\"name\":\"n\",\"scopes\":[\"vision\",\"text\"],\"requests_per_minute\":7,\"concurrent_jobs\":2}";
        JsonNode made = JSON.readTree(body(post(OPERATOR, "/v1/keys", body)));
        String secret = made.path("key").asString();
        assertThat(secret).startsWith("tk_").hasSize(3 + 43);
        byte[] list = body(as(OPERATOR, "GET", "/v1/keys").expectStatus().isOk());
        assertThat(new String(list, StandardCharsets.UTF_8))
                .doesNotContain(secret)
                .doesNotContain("hash");
        JsonNode newest = JSON.readTree(list).path("data").path(0);
        assertThat(newest.path("id")).isEqualTo(made.path("id"));
        assertThat(newest.path("scopes").toString()).isEqualTo("[\"text\",\"vision\"]");
        assertThat(newest.path("requests_per_minute").asInt()).isEqualTo(7);
        assertThat(newest.path("tokens_per_minute").isNull()).isTrue();
        List<String> rows = store.one(database -> database.sql("SELECT * FROM api_key")
                        .map(row -> String.join(
                                " ", String.valueOf(row.get("name")), String.valueOf(row.get("secret_hash"))))
                        .all()
                        .collectList())
                .blockOptional(PATIENCE)
                .orElseThrow();
        assertThat(rows).isNotEmpty().noneMatch(row -> row.contains(secret));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|400|the body must be a JSON object",
                "{\"scopes\":[\"text\"]}|400|name is required",
                "{\"name\":\"n\"}|400|scopes is required",
                "{\"name\":\"\",\"scopes\":[\"text\"]}|422|name must be a string of 1 to 100",
                "{\"name\":\"n\",\"scopes\":[]}|422|one or more of text, vision, batch, admin",
                "{\"name\":\"n\",\"scopes\":[\"all\"]}|422|got \"all\"",
                "{\"name\":\"n\",\"scopes\":[\"text\"],\"requests_per_minute\":0}|422|from 1 to 1000000000, got 0",
                "{\"name\":\"n\",\"scopes\":[\"text\"],\"tokens_per_minute\":1.5}|422|whole number",
                "{\"name\":\"n\",\"scopes\":[\"text\"],\"rpm\":1}|400|unknown field rpm"
            })
    void aBadKeyIsRefusedWithTheRule(String body, int status, String part) {
        post(OPERATOR, "/v1/keys", body)
                .expectStatus()
                .isEqualTo(status)
                .expectBody()
                .jsonPath("$.detail")
                .value(String.class, detail -> assertThat(detail).contains(part));
    }

    @Test
    void filesAndBatchesAreSeenByTheirKeyAlone() {
        String mine = create("batch").path("key").asString();
        String other = create("batch").path("key").asString();
        String file = upload(mine);
        String batch = JSON.readTree(body(post(
                        mine,
                        "/v1/batches",
                        "{\"input_file_id\":\"%s\",\"endpoint\":\"/v1/completions\",\"completion_window\":\"24h\"}"
                                .formatted(file))))
                .path("id")
                .asString();
        for (String path : List.of("/v1/files/" + file, "/v1/files/" + file + "/content", "/v1/batches/" + batch)) {
            as(mine, "GET", path).expectStatus().isOk();
            as(other, "GET", path).expectStatus().isNotFound();
            as(OPERATOR, "GET", path).expectStatus().isNotFound();
        }
        as(other, "DELETE", "/v1/files/" + file).expectStatus().isNotFound();
        as(other, "POST", "/v1/batches/" + batch + "/cancel").expectStatus().isNotFound();
        as(other, "GET", "/v1/batches/" + batch + "/events").expectStatus().isNotFound();
        post(
                        other,
                        "/v1/batches",
                        "{\"input_file_id\":\"%s\",\"endpoint\":\"/v1/completions\",\"completion_window\":\"24h\"}"
                                .formatted(file))
                .expectStatus()
                .isNotFound();
        assertThat(entries(mine, "/v1/files")).isEqualTo(1);
        assertThat(entries(mine, "/v1/batches")).isEqualTo(1);
        assertThat(entries(other, "/v1/files")).isZero();
        assertThat(entries(other, "/v1/batches")).isZero();
    }

    @Test
    void noServiceSeesTheKeyAndModelsAreLoadedWithTheServicesOwn() {
        TEXT.answer((request, response) -> response.header(
                        "seen", String.valueOf(request.requestHeaders().get("Authorization")))
                .send());
        as(create("text").path("key").asString(), "POST", "/v1/completions")
                .expectHeader()
                .valueEquals("seen", "null");
        as(OPERATOR, "POST", "/v1/models/m/load").expectHeader().valueEquals("seen", "Bearer sesame");
    }

    @Test
    void libreTranslatesClientsSendTheKeyInTheBody() {
        TEXT.answer(echo());
        String key = create("text").path("key").asString();
        String json = "{\"q\":\"ä\",\"deep\":{\"api_key\":\"no\"},\"api_key\":\"" + key + "\",\"source\":\"en\"}";
        assertThat(new String(body(post(null, "/translate", json)), StandardCharsets.UTF_8))
                .isEqualTo(json);
        String form = "q=%C3%A4&api_key=" + key + "&source=en";
        assertThat(new String(body(form("/detect", form)), StandardCharsets.UTF_8))
                .isEqualTo(form);
        post(null, "/translate", "{\"deep\":{\"api_key\":\"" + key + "\"}}")
                .expectStatus()
                .isUnauthorized();
        post(null, "/translate", "{\"api_key\":\"tk_nobodys\"}").expectStatus().isUnauthorized();
        post(null, "/translate", "{\"api_key\":").expectStatus().isUnauthorized();
        form("/translate", "api_key=%zz").expectStatus().isUnauthorized();
        post(null, "/translate", "{\"q\":\"" + "x".repeat(300_000) + "\",\"api_key\":\"" + key + "\"}")
                .expectStatus()
                .isUnauthorized()
                .expectBody()
                .jsonPath("$.error")
                .value(String.class, error -> assertThat(error).contains("262144"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/languages", "/frontend/settings", "/playground/main.js"})
    void whatAPageNeedsToAskForAKeyIsOpen(String path) {
        client.get().uri(path).exchange().expectStatus().isOk();
    }

    @Test
    void managementIsNotOnThePublicPort() {
        client.get().uri("/actuator/prometheus").exchange().expectStatus().isNotFound();
        client.get().uri("/actuator/health/readiness").exchange().expectStatus().isNotFound();
    }

    @Test
    void theAuditLogSaysWhoDidWhatAndHowItEnded(CapturedOutput output) {
        JsonNode key = create("text");
        String secret = key.path("key").asString();
        as(secret, "POST", "/v1/models/of-theirs/load").expectStatus().isForbidden();
        as(secret, "POST", "/v1/completions").expectStatus().isOk();
        client.post().uri("/v1/completions").exchange().expectStatus().isUnauthorized();
        String id = key.path("id").asString();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(output.getAll())
                        .containsPattern("audit +: key=" + id
                                + " method=POST route=/v1/completions status=200 tokens=- request=[0-9a-f]{32}")
                        .containsPattern("audit +: key=" + id + " method=POST route=.* status=403 ")
                        .containsPattern("audit +: key=- method=POST route=.* status=401 ")
                        .doesNotContain("of-theirs"));
    }

    @Test
    void aPlantedKeyIsInNoLogMetricOrError(CapturedOutput output) {
        String secret = create("text,batch,admin").path("key").asString();
        String wrong = "tk_planted-and-wrong";
        StringBuilder answers = new StringBuilder();
        TEXT.answer((request, response) -> response.sendWebsocket((in, out) -> Mono.empty()));
        for (String key : List.of(secret, wrong)) {
            for (String path : List.of("/v1/completions", "/translate", "/v1/keys", "/v1/files", "/v1/models/x/load")) {
                EntityExchangeResult<byte[]> result = post(key, path, "{\"api_key\":\"" + key + "\"}")
                        .expectBody()
                        .returnResult();
                answers.append(result.getResponseHeaders());
                byte[] content = result.getResponseBody();
                answers.append(content == null ? "" : new String(content, StandardCharsets.UTF_8));
            }
            post(null, "/translate", "{\"api_key\":\"" + key + "\"}").expectBody();
            as(key, "GET", "/v1/models").expectBody();
        }
        String metrics = new String(
                body(WebTestClient.bindToServer()
                        .baseUrl("http://127.0.0.1:" + managementPort)
                        .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(4 * 1024 * 1024))
                        .build()
                        .get()
                        .uri("/actuator/prometheus")
                        .exchange()),
                StandardCharsets.UTF_8);
        assertThat(metrics).contains("http_server_requests");
        for (String text : List.of(metrics, output.getAll(), answers.toString())) {
            assertThat(text).doesNotContain(secret).doesNotContain(wrong).doesNotContain(OPERATOR);
        }
    }

    private static FakeService.Handler echo() {
        return (request, response) -> request.receive()
                .aggregate()
                .asString()
                .flatMap(body -> Mono.from(response.sendString(Mono.just(body))));
    }

    private JsonNode create(String scopes) {
        String list = JSON.writeValueAsString(List.of(scopes.split(",")));
        return JSON.readTree(body(post(OPERATOR, "/v1/keys", "{\"name\":\"test\",\"scopes\":" + list + "}")
                .expectStatus()
                .isCreated()));
    }

    private String upload(String key) {
        byte[] form = new MultipartForm()
                .field("purpose", "batch")
                .file("file", "a.jsonl", "{}\n".getBytes(StandardCharsets.UTF_8))
                .bytes();
        return JSON.readTree(body(client.post()
                        .uri("/v1/files")
                        .headers(headers -> headers.setBearerAuth(key))
                        .header("Content-Type", MultipartForm.CONTENT_TYPE)
                        .bodyValue(form)
                        .exchange()
                        .expectStatus()
                        .isOk()))
                .path("id")
                .asString();
    }

    private int entries(String key, String path) {
        return JSON.readTree(body(as(key, "GET", path))).path("data").size();
    }

    private WebTestClient.ResponseSpec as(String key, String method, String path) {
        return client.method(HttpMethod.valueOf(method))
                .uri(path)
                .headers(headers -> headers.setBearerAuth(key))
                .exchange();
    }

    private WebTestClient.ResponseSpec post(String key, String path, String json) {
        return client.post()
                .uri(path)
                .headers(headers -> headers.setAll(key == null ? Map.of() : Map.of("Authorization", "Bearer " + key)))
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(json)
                .exchange();
    }

    private WebTestClient.ResponseSpec form(String path, String form) {
        return client.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .bodyValue(form)
                .exchange();
    }

    private static byte[] body(WebTestClient.ResponseSpec response) {
        byte[] body = response.expectBody().returnResult().getResponseBody();
        return body == null ? new byte[0] : body;
    }
}
