package dev.triptych.text.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.triptych.testkit.Checkout;
import dev.triptych.text.TextServiceApplication;
import dev.triptych.text.fake.OneBroker;
import dev.triptych.wire.EndpointAnswer;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemError;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A manual of a hundred pages as one item over Kafka, through a long encoder that ships. */
@SpringBootTest(
        classes = TextServiceApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"triptych.kafka.instance-id=manual", "triptych.device=cpu"})
@OneBroker
@Timeout(600)
class ManualItemIT {

    private static final String MODEL = "triptych-long-linformer";
    private static final Duration PATIENCE = Duration.ofSeconds(300);

    /** Of 2,400 characters each. */
    private static final int PAGES = 100;

    @TempDir
    static Path repository;

    @LocalServerPort
    int port;

    @Value("${spring.kafka.bootstrap-servers}")
    String brokers;

    @DynamicPropertySource
    static void models(DynamicPropertyRegistry registry) throws IOException {
        Files.createSymbolicLink(repository.resolve(MODEL), Checkout.path("models/" + MODEL));
        registry.add("triptych.models", repository::toString);
    }

    /** This project's own pages, from the first again where they end too soon. */
    private static String manual() throws IOException {
        try (Stream<Path> pages = Files.list(Checkout.path("docs"))) {
            String text = pages.filter(page -> page.toString().endsWith(".md"))
                    .sorted()
                    .map(ManualItemIT::read)
                    .collect(Collectors.joining("\n"));
            int length = PAGES * 2400;
            return text.repeat(length / text.length() + 1).substring(0, length);
        }
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aHundredPagesAreOneItemAndAPageHasTheVectorThatHttpGives() throws IOException {
        String text = manual();
        WebTestClient http = WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .responseTimeout(PATIENCE)
                .build();
        await().atMost(PATIENCE)
                .until(() -> new String(get(http, "/v1/models/" + MODEL), StandardCharsets.UTF_8)
                        .contains("\"status\":\"ready\""));
        String page = body(Map.of("model", MODEL, "input", text.substring(0, text.length() / PAGES)));
        Map<String, CloudEvent> results = results(List.of(
                call("manual", body(Map.of("model", MODEL, "input", text, "long_input", "split"))),
                call("page", page),
                call("whole", body(Map.of("model", MODEL, "input", text)))));

        JsonNode manual = answer(results.get("manual"));
        assertThat(manual.at("/usage/prompt_tokens").intValue()).isGreaterThan(40_000);
        assertThat(cosine(vector(manual), vector(manual))).isCloseTo(1, within(1e-4));
        byte[] answer = http.post()
                .uri("/v1/embeddings")
                .header("Content-Type", "application/json")
                .bodyValue(page)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult()
                .getResponseBody();
        float[] expected = vector(JsonMapper.shared().readTree(answer));
        assertThat(vector(answer(results.get("page")))).containsExactly(expected, within(1e-5f));
        assertThat(cosine(vector(manual), expected))
                .as("a page is about what its manual is about")
                .isGreaterThan(0.3);

        ItemError error = ItemEvents.payload(results.get("whole"), ItemError.class);
        assertThat(error.field()).isEqualTo("input");
        assertThat(error.message()).contains("8192");
    }

    private static JsonNode answer(CloudEvent result) {
        assertThat(result.getType()).as(result.getId()).isEqualTo(EventTypes.ANSWERED);
        return ItemEvents.payload(result, EndpointAnswer.class).body();
    }

    /** Of vectors of length 1. */
    private static double cosine(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }

    private Map<String, CloudEvent> results(List<CloudEvent> items) {
        try (TopicProbe probe = new TopicProbe(brokers)) {
            probe.send(items);
            await().atMost(PATIENCE)
                    .until(() -> probe.committed(Topics.TEXT_RESULTS).size() == items.size());
            return probe.committed(Topics.TEXT_RESULTS).stream()
                    .map(record -> KafkaMessageFactory.createReader(record).toEvent())
                    .collect(Collectors.toMap(CloudEvent::getId, event -> event));
        }
    }

    private static byte[] get(WebTestClient http, String path) {
        byte[] body =
                http.get().uri(path).exchange().expectBody().returnResult().getResponseBody();
        return body == null ? new byte[0] : body;
    }

    private static String body(Map<String, String> fields) {
        return JsonMapper.shared().writeValueAsString(fields);
    }

    private static CloudEvent call(String id, String body) {
        return CloudEventBuilder.v1()
                .withId(id)
                .withSource(URI.create("/tests"))
                .withType(EventTypes.CALL)
                .withTime(OffsetDateTime.now())
                .withDataContentType("application/json")
                .withData(("{\"url\":\"/v1/embeddings\",\"body\":" + body + "}").getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private static float[] vector(JsonNode answer) {
        JsonNode numbers = answer.at("/data/0/embedding");
        float[] vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = numbers.get(i).floatValue();
        }
        return vector;
    }
}
