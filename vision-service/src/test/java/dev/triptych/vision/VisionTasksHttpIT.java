package dev.triptych.vision;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.MediaType;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.BodyInserters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Detection and segmentation over HTTP, beside a classifier and packages that cannot be served. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"triptych.kafka.enabled=false", "triptych.device=cpu", "triptych.threads=1"})
@Timeout(120)
class VisionTasksHttpIT {

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
        registry.add("triptych.models", () -> repository().toString());
    }

    private static Path repository() {
        try {
            TinyModels.copy("vit", folder.resolve("classifier"));
            TinyModels.copy("vit-attention", folder.resolve("attentive"));
            TinyModels.copy("yolos", folder.resolve("detector"));
            Path quiet = TinyModels.copy("yolos", folder.resolve("dense"));
            Files.writeString(
                    quiet.resolve("triptych.json"),
                    "{\"task\": \"object-detection\", \"detection\": {\"threshold\": 0.1, \"suppression_iou\": 0}}");
            TinyModels.copy("segformer", folder.resolve("segmenter"));
            Path labels = TinyModels.copy("segformer", folder.resolve("wrong-labels"));
            rewrite(labels, "config.json", "\"4\":\"star\"", "\"4\":\"star\",\"5\":\"moon\"");
            Path family = TinyModels.copy("vit", folder.resolve("wrong-family"));
            rewrite(family, "config.json", "\"model_type\":\"vit\"", "\"model_type\":\"swin\"");
            Path task = TinyModels.copy("vit", folder.resolve("wrong-task"));
            Files.writeString(task.resolve("triptych.json"), "{\"task\": \"object-detection\"}");
            rewrite(task, "config.json", "\"model_type\":\"vit\"", "\"model_type\":\"yolos\"");
            Path noGraph = TinyModels.copy("yolos", folder.resolve("wrong-graph"));
            Files.writeString(noGraph.resolve("onnx/model.onnx"), "not a graph");
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void rewrite(Path model, String file, String from, String to) throws IOException {
        String text = Files.readString(model.resolve(file));
        assertThat(text).contains(from);
        Files.writeString(model.resolve(file), text.replace(from, to));
    }

    @BeforeEach
    void connect() {
        client = WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(16 << 20))
                .responseTimeout(Duration.ofSeconds(60))
                .build();
    }

    @Test
    void aPartABodyAndBase64GetTheSameObjects() {
        JsonNode golden = TinyModels.golden("yolos", "golden-detection.json").get(0);
        byte[] picture = TinyModels.bytes("yolos", golden.get("image"));
        String path = "/v1/vision/detections?model=detector";
        JsonNode raw = ok(post(path, picture));
        assertThat(raw.get("model").stringValue()).isEqualTo("detector");
        assertThat(raw.get("width").intValue()).isEqualTo(golden.get("width").intValue());
        assertThat(raw.get("objects")).hasSameSizeAs(golden.get("objects"));
        JsonNode best = raw.get("objects").get(0);
        assertThat(best.get("label").stringValue()).isIn("circle", "square", "triangle");
        assertThat(best.get("score").doubleValue()).isGreaterThan(0.5);
        assertThat(best.get("box").get("xmax").doubleValue())
                .isGreaterThan(best.get("box").get("xmin").doubleValue());
        MultipartBodyBuilder form = new MultipartBodyBuilder();
        form.part("image", new ByteArrayResource(picture)).filename("p.png");
        form.part("model", "detector");
        assertThat(ok(client.post().uri("/v1/vision/detections").body(BodyInserters.fromMultipartData(form.build()))))
                .isEqualTo(raw);
        assertThat(ok(json(
                        "/v1/vision/detections",
                        Map.of(
                                "image",
                                Base64.getEncoder().encodeToString(picture),
                                "model",
                                "detector",
                                "threshold",
                                0.5))))
                .isEqualTo(raw);
    }

    @Test
    void aPackagesOwnThresholdAndSuppressionHold() {
        byte[] picture = TinyModels.picture("photo-200x150.jpg");
        JsonNode all = ok(post("/v1/vision/detections?model=detector&threshold=0", picture));
        JsonNode dense = ok(post("/v1/vision/detections?model=dense", picture));
        assertThat(all.get("objects")).hasSize(9);
        assertThat(dense.get("objects").size()).isBetween(1, 8);
        assertThat(ok(post("/v1/vision/detections?model=detector&threshold=0&top_k=2", picture))
                        .get("objects"))
                .hasSize(2);
    }

    @Test
    void segmentsTileThePicture() {
        JsonNode answer = ok(post("/v1/vision/segmentations", TinyModels.picture("rgb-40x30.png")));
        assertThat(answer.get("model").stringValue()).isEqualTo("segmenter");
        long pixels = 0;
        for (JsonNode segment : answer.get("segments")) {
            pixels += segment.get("area").longValue();
            assertThat(segment.get("mask").get("size").get(0).intValue()).isEqualTo(30);
            assertThat(segment.get("mask").get("size").get(1).intValue()).isEqualTo(40);
            assertThat(segment.get("mask").get("counts").stringValue()).isNotEmpty();
            assertThat(segment.get("score").doubleValue()).isBetween(0.0, 1.0);
        }
        assertThat(pixels).isEqualTo(40 * 30);
        assertThat(ok(post("/v1/vision/segmentations?top_k=1", TinyModels.picture("rgb-40x30.png")))
                        .get("segments"))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "wrong-labels, settings, names 6 classes",
        "wrong-family, settings, 'swin'",
        "wrong-task, signature, logits must be FLOAT32 of rank 3",
        "wrong-graph, graph, model.onnx"
    })
    void whatIsWrongWithAPackageIsTold(String id, String check, String reason) {
        JsonNode model = JsonMapper.shared().readTree(text("/v1/models/" + id));
        assertThat(model.get("status").stringValue()).isEqualTo("failed");
        assertThat(model.get("failed_check").stringValue()).isEqualTo(check);
        assertThat(model.get("reason").stringValue()).contains(reason);
    }

    @Test
    void attentionIsARolloutOrHeads() {
        byte[] picture = TinyModels.picture("photo-200x150.jpg");
        JsonNode rollout = ok(post("/v1/vision/attention", picture));
        assertThat(rollout.get("model").stringValue()).isEqualTo("attentive");
        assertThat(rollout.get("width").intValue()).isEqualTo(200);
        assertThat(rollout.get("grid").toString()).isEqualTo("[4,4]");
        assertThat(rollout.get("rollout")).hasSize(16);
        assertThat(rollout.has("heads")).isFalse();
        JsonNode heads = ok(post("/v1/vision/attention?layer=1&head=1&model=attentive", picture));
        assertThat(heads.has("rollout")).isFalse();
        assertThat(heads.get("heads")).hasSize(1);
        assertThat(heads.get("heads").get(0).get("weights")).hasSize(16);
        JsonNode problem = problem(post("/v1/vision/attention?model=classifier", picture), 422);
        assertThat(problem.get("field").stringValue()).isEqualTo("model");
        assertThat(problem.get("detail").stringValue()).contains("no attention outputs");
        assertThat(problem(post("/v1/vision/classifications?model=classifier&size=64", picture), 422)
                        .get("field")
                        .stringValue())
                .isEqualTo("size");
        assertThat(problem(post("/v1/vision/attention?layer=9", picture), 422)
                        .get("field")
                        .stringValue())
                .isEqualTo("layer");
    }

    @Test
    void theSameRequestAnswersAPicture() throws IOException {
        byte[] picture = TinyModels.picture("rotated-exif6-120x80.jpg");
        byte[] larger = TinyModels.picture("photo-200x150.jpg");
        for (String task : List.of("detections", "segmentations", "attention", "attention?layer=0&head=0")) {
            BufferedImage turned = ImageIO.read(new ByteArrayInputStream(png("/v1/vision/" + task, picture)));
            assertThat(turned.getWidth()).as("enlarged and upright").isEqualTo(160);
            assertThat(turned.getHeight()).isEqualTo(240);
            BufferedImage same = ImageIO.read(new ByteArrayInputStream(png("/v1/vision/" + task, larger)));
            assertThat(same.getWidth()).isEqualTo(200);
            assertThat(same.getHeight()).isEqualTo(150);
        }
    }

    @Test
    void acceptDecidesBetweenJsonAndPictures() {
        byte[] picture = TinyModels.picture("rgb-40x30.png");
        for (String accept : List.of("image/png;q=0.5, application/json", "*/*", "application/*")) {
            accepting("/v1/vision/detections", picture, accept)
                    .expectStatus()
                    .isOk()
                    .expectHeader()
                    .contentType(MediaType.APPLICATION_JSON);
        }
        for (String accept : List.of("image/*", "image/png, application/json;q=0.5")) {
            accepting("/v1/vision/detections", picture, accept)
                    .expectStatus()
                    .isOk()
                    .expectHeader()
                    .contentType(MediaType.IMAGE_PNG);
        }
        accepting("/v1/vision/detections", picture, "image/webp").expectStatus().isEqualTo(406);
        accepting("/v1/vision/classifications", picture, "image/png")
                .expectStatus()
                .isEqualTo(406);
        accepting("/v1/vision/detections", new byte[] {1}, "image/png")
                .expectStatus()
                .isEqualTo(415)
                .expectHeader()
                .contentType(PROBLEM);
    }

    private byte[] png(String path, byte[] picture) {
        return accepting(path, picture, "image/png")
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentType(MediaType.IMAGE_PNG)
                .expectBody()
                .returnResult()
                .getResponseBody();
    }

    private WebTestClient.ResponseSpec accepting(String path, byte[] picture, String accept) {
        return client.post()
                .uri(path)
                .header("Accept", accept)
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .bodyValue(picture)
                .exchange();
    }

    @Test
    void modelsSayTheirTask() {
        assertThat(JsonMapper.shared()
                        .readTree(text("/v1/models/detector"))
                        .get("task")
                        .stringValue())
                .isEqualTo("object-detection");
        assertThat(JsonMapper.shared()
                        .readTree(text("/v1/models/segmenter"))
                        .get("task")
                        .stringValue())
                .isEqualTo("image-segmentation");
    }

    @Test
    void aModelOfAnotherTaskIsNamedAsSuch() {
        JsonNode problem =
                problem(post("/v1/vision/detections?model=classifier", TinyModels.picture("rgb-40x30.png")), 422);
        assertThat(problem.get("field").stringValue()).isEqualTo("model");
        assertThat(problem.get("detail").stringValue()).contains("image-classification", "object-detection");
    }

    @ParameterizedTest
    @ValueSource(strings = {"threshold=1.5", "threshold=-0.1", "threshold=NaN", "threshold=much"})
    void aThresholdOutOfItsBoundsNamesFieldAndBound(String query) {
        for (String task : List.of("classifications", "detections", "segmentations")) {
            JsonNode problem =
                    problem(post("/v1/vision/" + task + "?" + query, TinyModels.picture("rgb-40x30.png")), 422);
            assertThat(problem.get("field").stringValue()).isEqualTo("threshold");
        }
    }

    @Test
    void whatIsNoPictureIsAClear4xxAtEveryEndpoint() {
        byte[] picture = TinyModels.picture("photo-200x150.jpg");
        byte[] bomb = TinyModels.hugePng();
        byte[] polyglot = Arrays.copyOf("GIF89a<script>".getBytes(StandardCharsets.US_ASCII), 400);
        byte[] archive = Arrays.copyOf(new byte[] {'P', 'K', 3, 4}, 400);
        for (String task : List.of("classifications", "detections", "segmentations", "attention")) {
            String path = "/v1/vision/" + task;
            problem(post(path, bomb), 413);
            problem(post(path, polyglot), 422);
            problem(post(path, archive), 415);
            problem(post(path, "<svg xmlns='http://www.w3.org/2000/svg'/>".getBytes(StandardCharsets.UTF_8)), 415);
            problem(post(path, Arrays.copyOf(picture, picture.length / 2)), 422);
            problem(post(path, TinyModels.hugeGif()), 413);
            problem(post(path, new byte[0]), 400);
            problem(client.post().uri(path).contentType(MediaType.TEXT_PLAIN).bodyValue("x"), 415);
        }
    }

    @Test
    void everyTaskIsCounted() {
        ok(post("/v1/vision/detections?model=detector", TinyModels.picture("rgb-40x30.png")));
        ok(post("/v1/vision/segmentations", TinyModels.picture("rgb-40x30.png")));
        String metrics = new String(
                WebTestClient.bindToServer()
                        .baseUrl("http://127.0.0.1:" + managementPort)
                        .build()
                        .get()
                        .uri("/actuator/prometheus")
                        .exchange()
                        .expectBody()
                        .returnResult()
                        .getResponseBody(),
                StandardCharsets.UTF_8);
        for (String model : List.of("detector", "segmenter")) {
            assertThat(metrics)
                    .contains(
                            "triptych_images_total{model=\"" + model + "\"}",
                            "triptych_batch_rows_count{model=\"" + model + "\"}",
                            "triptych_queue_seconds_count{model=\"" + model + "\"}",
                            "triptych_requests_waiting{model=\"" + model + "\"}");
        }
    }

    private WebTestClient.RequestHeadersSpec<?> post(String path, byte[] picture) {
        return client.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .bodyValue(picture);
    }

    private WebTestClient.RequestHeadersSpec<?> json(String path, Map<String, Object> body) {
        return client.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(JsonMapper.shared().writeValueAsString(body));
    }

    private static JsonNode ok(WebTestClient.RequestHeadersSpec<?> request) {
        return JsonMapper.shared()
                .readTree(request.exchange()
                        .expectStatus()
                        .isOk()
                        .expectBody()
                        .returnResult()
                        .getResponseBody());
    }

    private static JsonNode problem(WebTestClient.RequestHeadersSpec<?> request, int status) {
        return JsonMapper.shared()
                .readTree(request.exchange()
                        .expectStatus()
                        .isEqualTo(status)
                        .expectHeader()
                        .contentType(PROBLEM)
                        .expectBody()
                        .returnResult()
                        .getResponseBody());
    }

    private String text(String path) {
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
}
