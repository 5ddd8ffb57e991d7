package dev.triptych.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.tensor.math.Logits;
import dev.triptych.vision.TinyModels.Golden;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The HTTP door over a real graph, in a service that cannot reach Kafka. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.kafka.bootstrap-servers=127.0.0.1:1",
            "triptych.device=cpu",
            "triptych.threads=1",
            "triptych.vision.max-image-size=64KB",
            "triptych.vision.max-delay=20ms"
        })
@Timeout(120)
class VisionHttpIT {

    private static final String PATH = "/v1/vision/classifications";
    private static final MediaType PROBLEM = MediaType.APPLICATION_PROBLEM_JSON;

    @TempDir
    static Path folder;

    @LocalServerPort
    private int port;

    @LocalManagementPort
    private int managementPort;

    private WebTestClient client;

    @DynamicPropertySource
    static void models(DynamicPropertyRegistry registry) {
        registry.add("triptych.models", () -> TinyModels.repository(folder).toString());
    }

    @BeforeEach
    void connect() {
        client = client(port);
    }

    private static WebTestClient client(int port) {
        return WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .responseTimeout(Duration.ofSeconds(60))
                .build();
    }

    static List<Golden> goldens() {
        return TinyModels.goldens();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void aPartABodyAndBase64GetTheLabelsOfPyTorch(Golden golden) {
        assertAnswer(post(multipart(golden.bytes(), "image")), golden);
        assertAnswer(
                post(client.post().uri(PATH).contentType(MediaType.IMAGE_PNG).bodyValue(golden.bytes())), golden);
        assertAnswer(json(Map.of("image", base64(golden))), golden);
        assertAnswer(
                json(Map.of("image", "data:image/png;base64," + base64(golden), "model", "tiny", "top_k", 5)), golden);
    }

    private static void assertAnswer(JsonNode answer, Golden golden) {
        assertThat(answer.get("model").stringValue()).isEqualTo("tiny");
        assertThat(answer.get("width").intValue()).isEqualTo(golden.width());
        assertThat(answer.get("height").intValue()).isEqualTo(golden.height());
        JsonNode best = answer.get("labels").get(0);
        double[] expected = Logits.softmax(golden.logits());
        assertThat(best.get("label").stringValue()).isEqualTo(golden.label());
        assertThat(best.get("score").doubleValue()).isCloseTo(expected[Logits.topK(expected, 1)[0]], within(1e-4));
        assertThat(answer.get("labels").size()).isEqualTo(5);
    }

    @Test
    void theQueryAndTheFormNarrowTheAnswer() {
        byte[] picture = goldens().getFirst().bytes();
        JsonNode byQuery = post(client.post()
                .uri(PATH + "?top_k=2&model=tiny")
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .bodyValue(picture));
        assertThat(byQuery.get("labels").size()).isEqualTo(2);
        MultipartBodyBuilder form = form(picture, "image");
        form.part("top_k", "3");
        JsonNode byForm = post(client.post().uri(PATH).body(BodyInserters.fromMultipartData(form.build())));
        assertThat(byForm.get("labels").size()).isEqualTo(3);
        assertThat(json(Map.of("image", base64(goldens().getFirst()), "threshold", 1))
                        .get("labels")
                        .size())
                .isZero();
    }

    @Test
    void requestsOfManyClientsShareBatches() {
        byte[] picture = goldens().getFirst().bytes();
        Flux.range(0, 64)
                .flatMap(
                        i -> WebClient.create("http://127.0.0.1:" + port)
                                .post()
                                .uri(PATH)
                                .contentType(MediaType.IMAGE_PNG)
                                .bodyValue(picture)
                                .retrieve()
                                .toBodilessEntity(),
                        64)
                .blockLast(Duration.ofSeconds(60));
        String metrics = text(client(managementPort), "/actuator/prometheus");
        assertThat(value(metrics, "triptych_batch_rows_max{model=\"tiny\"}")).isGreaterThan(1);
        assertThat(value(metrics, "triptych_images_total{model=\"tiny\"}")).isGreaterThanOrEqualTo(64);
        assertThat(metrics)
                .contains(
                        "triptych_requests_running{model=\"tiny\"}",
                        "triptych_requests_waiting{model=\"tiny\"}",
                        "triptych_request_seconds_bucket{model=\"tiny\",outcome=\"ok\"",
                        "triptych_queue_seconds_bucket{model=\"tiny\"");
    }

    @Test
    void readinessLivenessAndInfoDoNotNeedKafka() {
        WebTestClient management = client(managementPort);
        for (String path : List.of("/actuator/health/readiness", "/actuator/health/liveness", "/actuator/info")) {
            management.get().uri(path).exchange().expectStatus().isOk();
        }
        client.get().uri("/actuator/health").exchange().expectStatus().isNotFound();
    }

    @Test
    void aTextFilePostedAsAPictureIsAClear4xx() {
        byte[] text = "just text".getBytes(StandardCharsets.UTF_8);
        problem(multipart(text, "image"), 415, "unsupported_media_type", "image");
        problem(
                client.post().uri(PATH).contentType(MediaType.IMAGE_JPEG).bodyValue(text),
                415,
                "unsupported_media_type",
                "image");
        problem(
                client.post().uri(PATH).contentType(MediaType.TEXT_PLAIN).bodyValue(text),
                415,
                "unsupported_media_type",
                null);
    }

    @Test
    void emptyAndBrokenBodiesAreClear4xx() {
        problem(client.post().uri(PATH).contentType(MediaType.IMAGE_PNG), 400, "invalid_request", "image");
        problem(client.post().uri(PATH).contentType(MediaType.APPLICATION_JSON), 400, "invalid_request", null);
        problem(jsonBody("{"), 400, "invalid_request", null);
        problem(jsonBody("[]"), 400, "invalid_request", null);
        problem(jsonBody("{}"), 400, "invalid_request", "image");
        problem(jsonBody("{\"image\": 5}"), 422, "invalid_field", "image");
        problem(jsonBody("{\"image\": \"?\"}"), 422, "invalid_field", "image");
        problem(jsonBody("{\"image\": \"AAAA\", \"topk\": 5}"), 422, "invalid_field", "topk");
        problem(client.post().uri(PATH), 415, "unsupported_media_type", null);
        problem(multipart(goldens().getFirst().bytes(), "something"), 400, "invalid_request", "image");
        problem(
                client.post()
                        .uri(PATH)
                        .contentType(MediaType.parseMediaType("multipart/form-data; boundary=x"))
                        .bodyValue("no parts here".getBytes(StandardCharsets.UTF_8)),
                400,
                "invalid_request",
                null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"top_k=0", "top_k=1001", "top_k=many", "top_k="})
    void aTopKOutOfItsBoundsNamesFieldAndBound(String query) {
        problem(
                client.post()
                        .uri(PATH + "?" + query)
                        .contentType(MediaType.IMAGE_PNG)
                        .bodyValue(goldens().getFirst().bytes()),
                422,
                "invalid_field",
                "top_k");
    }

    @Test
    void modelsThatAreNotServedAreNotFound() {
        for (String model : List.of("nope", "translator", "damaged")) {
            problem(
                    client.post()
                            .uri(PATH + "?model=" + model)
                            .contentType(MediaType.IMAGE_PNG)
                            .bodyValue(goldens().getFirst().bytes()),
                    404,
                    "model_not_found",
                    "model");
        }
    }

    @Test
    void tooManyBytesAre413HoweverTheyCome() {
        byte[] big = new byte[65 * 1024];
        problem(client.post().uri(PATH).contentType(MediaType.IMAGE_PNG).bodyValue(big), 413, "too_large", "image");
        problem(multipart(big, "image"), 413, "too_large", "image");
        problem(multipart(new byte[1 << 20], "image"), 413, "too_large", "image");
        problem(
                jsonBody("{\"image\": \"" + Base64.getEncoder().encodeToString(big) + "\"}"),
                413,
                "too_large",
                "image");
        problem(jsonBody(" ".repeat(1 << 20)), 413, "too_large", "image");
        problem(
                client.post()
                        .uri(PATH)
                        .contentType(MediaType.IMAGE_PNG)
                        .body(BodyInserters.fromDataBuffers(Flux.range(0, 9)
                                .map(i -> DefaultDataBufferFactory.sharedInstance.wrap(new byte[8 * 1024])))),
                413,
                "too_large",
                "image");
    }

    @Test
    void aHugePictureInASmallFileIs413() {
        problem(
                client.post().uri(PATH).contentType(MediaType.IMAGE_GIF).bodyValue(TinyModels.hugeGif()),
                413,
                "too_large",
                "image");
    }

    @Test
    void modelsAreListedInOpenaisShapeWithTheirFailures() {
        JsonNode list = JsonMapper.shared().readTree(text(client, "/v1/models"));
        assertThat(list.get("object").stringValue()).isEqualTo("list");
        assertThat(list.get("data")).hasSize(2);
        JsonNode damaged = list.get("data").get(0);
        JsonNode tiny = list.get("data").get(1);
        assertThat(damaged.get("status").stringValue()).isEqualTo("failed");
        assertThat(damaged.get("failed_check").stringValue()).isEqualTo("checksums");
        assertThat(damaged.get("reason").stringValue()).contains("onnx/model.onnx has SHA-256");
        assertThat(tiny.get("id").stringValue()).isEqualTo("tiny");
        assertThat(tiny.get("object").stringValue()).isEqualTo("model");
        assertThat(tiny.get("owned_by").stringValue()).isEqualTo("triptych");
        assertThat(tiny.get("created").longValue()).isPositive();
        assertThat(tiny.get("task").stringValue()).isEqualTo("image-classification");
        assertThat(tiny.get("status").stringValue()).isEqualTo("ready");
        assertThat(tiny.get("device").stringValue()).isEqualTo("cpu");
        assertThat(JsonMapper.shared().readTree(text(client, "/v1/models/tiny")))
                .isEqualTo(tiny);
        client.get()
                .uri("/v1/models/translator")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectBody()
                .jsonPath("$.error.code")
                .isEqualTo("model_not_found");
    }

    @Test
    void theRequestIdComesBack() {
        client.get()
                .uri("/v1/models")
                .header("X-Request-Id", "r-17")
                .exchange()
                .expectHeader()
                .valueEquals("X-Request-Id", "r-17");
        client.get()
                .uri("/nowhere")
                .header("X-Request-Id", "r-18")
                .exchange()
                .expectHeader()
                .valueEquals("X-Request-Id", "r-18");
    }

    @Test
    void otherPathsAndMethodsAreProblemsToo() {
        client.get()
                .uri(PATH)
                .exchange()
                .expectStatus()
                .isEqualTo(405)
                .expectHeader()
                .contentType(PROBLEM);
        client.post()
                .uri("/v1/vision/nothing")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectHeader()
                .contentType(PROBLEM);
    }

    private WebTestClient.RequestHeadersSpec<?> multipart(byte[] content, String name) {
        return client.post()
                .uri(PATH)
                .body(BodyInserters.fromMultipartData(form(content, name).build()));
    }

    private static MultipartBodyBuilder form(byte[] content, String name) {
        MultipartBodyBuilder form = new MultipartBodyBuilder();
        form.part(name, new ByteArrayResource(content)).filename("picture.png");
        return form;
    }

    private WebTestClient.RequestHeadersSpec<?> jsonBody(String json) {
        return client.post().uri(PATH).contentType(MediaType.APPLICATION_JSON).bodyValue(json);
    }

    private JsonNode json(Map<String, Object> body) {
        return post(jsonBody(JsonMapper.shared().writeValueAsString(body)));
    }

    private static JsonNode post(WebTestClient.RequestHeadersSpec<?> request) {
        byte[] body = request.exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult()
                .getResponseBody();
        return JsonMapper.shared().readTree(body);
    }

    private static void problem(WebTestClient.RequestHeadersSpec<?> request, int status, String code, String field) {
        byte[] body = request.exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(PROBLEM)
                .expectBody()
                .returnResult()
                .getResponseBody();
        JsonNode problem = JsonMapper.shared().readTree(body);
        assertThat(problem.get("code").stringValue()).isEqualTo(code);
        assertThat(problem.get("status").intValue()).isEqualTo(status);
        assertThat(problem.get("detail").stringValue()).isNotEmpty();
        assertThat(problem.path("field").asString(null)).isEqualTo(field);
    }

    private static String text(WebTestClient client, String path) {
        byte[] body = client.get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult()
                .getResponseBody();
        return new String(body, StandardCharsets.UTF_8);
    }

    private static double value(String metrics, String series) {
        return metrics.lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line ->
                        Double.parseDouble(line.substring(series.length()).strip()))
                .findFirst()
                .orElseThrow();
    }

    private static String base64(Golden golden) {
        return Base64.getEncoder().encodeToString(golden.bytes());
    }
}
