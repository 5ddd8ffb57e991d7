package dev.triptych.text.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.testkit.Fixtures;
import dev.triptych.testkit.TraceReceiver;
import dev.triptych.testkit.TraceReceiver.ReceivedSpan;
import dev.triptych.text.TextServiceApplication;
import dev.triptych.text.fake.OneBroker;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import dev.triptych.wire.TranslationItem;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a collector of traces and a scraper see of requests, over HTTP and over Kafka. */
@SpringBootTest(
        classes = TextServiceApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "triptych.kafka.instance-id=traces",
            "triptych.device=cpu",
            "triptych.threads=1",
            "management.opentelemetry.tracing.export.schedule-delay=100ms"
        })
@OneBroker
class TracesIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final TraceReceiver RECEIVER = TraceReceiver.start();
    private static final String ENDPOINT = "TRIPTYCH_OTLP_ENDPOINT";
    private static final String CALLER = "00f067aa0ba902b7";

    static {
        // As early as the environment's: dynamic properties come after it is settled what is there.
        System.setProperty(ENDPOINT, RECEIVER.endpoint());
    }

    @TempDir
    static Path repository;

    @LocalServerPort
    int port;

    @LocalManagementPort
    int managementPort;

    @Value("${spring.kafka.bootstrap-servers}")
    String brokers;

    private WebTestClient client = WebTestClient.bindToServer().build();

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) throws IOException {
        Files.createSymbolicLink(repository.resolve("en-de"), Fixtures.path("marian-fused"));
        Files.createSymbolicLink(repository.resolve("bert"), Fixtures.path("bert"));
        registry.add("triptych.models", repository::toString);
    }

    @AfterAll
    static void stopReceiving() {
        System.clearProperty(ENDPOINT);
        RECEIVER.close();
    }

    @BeforeEach
    void connect() {
        client = WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .responseTimeout(PATIENCE)
                .build();
        await().atMost(PATIENCE)
                .until(() -> models().valueStream()
                        .allMatch(model -> model.path("status").asString().equals("ready")));
    }

    private JsonNode models() {
        return JSON.readTree(client.get()
                        .uri("/v1/models")
                        .exchange()
                        .expectBody()
                        .returnResult()
                        .getResponseBody())
                .path("data");
    }

    @Test
    void aTraceLeadsFromTheRequestToEachSentenceInTheEngine() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4701";
        post("/v1/translations", trace, "01", """
                {"source": "en", "target": "de", "input": ["ab cd", "ef gh"], "options": {"max_new_tokens": 5}}""");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(RECEIVER.ofTrace(trace))
                        .hasSizeGreaterThanOrEqualTo(3)
                        .anyMatch(span -> span.name().startsWith("http")));
        ReceivedSpan door = named(trace, "http post /v1/translations");
        assertThat(door.parentId()).isEqualTo(CALLER);
        assertThat(door.service()).isEqualTo("text-service");
        List<ReceivedSpan> sentences = RECEIVER.ofTrace(trace).stream()
                .filter(span -> span.name().equals("text_completion en-de"))
                .toList();
        // Nonsense is tried again, each time in a span of its own.
        assertThat(sentences).hasSizeGreaterThanOrEqualTo(2).allSatisfy(sentence -> {
            assertThat(sentence.parentId()).isEqualTo(door.spanId());
            assertThat(sentence.events()).containsExactly("first token");
            Map<String, String> attributes = sentence.attributes();
            assertThat(attributes)
                    .containsEntry("gen_ai.request.model", "en-de")
                    .containsKeys("gen_ai.usage.input_tokens", "gen_ai.response.finish_reasons");
            assertThat(Integer.parseInt(attributes.get("triptych.steps"))).isBetween(1, 5);
            assertThat(Integer.parseInt(attributes.get("gen_ai.usage.output_tokens")))
                    .isBetween(1, 5);
            assertThat(Double.parseDouble(attributes.get("triptych.queue_ms"))).isNotNegative();
            assertThat(Double.parseDouble(attributes.get("triptych.encode_ms"))).isPositive();
            assertThat(Double.parseDouble(attributes.get("triptych.decode_ms"))).isPositive();
        });
    }

    @Test
    void anEmbeddingIsTracedToo() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4702";
        post("/v1/embeddings", trace, "01", "{\"model\": \"bert\", \"input\": \"ab cd\"}");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(RECEIVER.ofTrace(trace)).hasSize(2));
        assertThat(named(trace, "embeddings bert").parentId())
                .isEqualTo(named(trace, "http post /v1/embeddings").spanId());
    }

    @Test
    void anItemsTraceLeadsFromItsProducerOverKafkaToTheEngine() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4703";
        CloudEvent item = ItemEvents.traced(
                ItemEvents.event(
                        "traced-item",
                        URI.create("/traces-it"),
                        EventTypes.TRANSLATE,
                        OffsetDateTime.now(),
                        new TranslationItem(null, "en", "de", "ab cd.", null, 5)),
                traceParent(trace, "01"));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(KafkaMessageFactory.<byte[]>createWriter(Topics.TEXT_REQUESTS, new byte[] {1})
                    .writeBinary(item));
        }

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(RECEIVER.ofTrace(trace))
                        .anyMatch(span -> span.name().startsWith("item")));
        ReceivedSpan worker = named(trace, "item " + EventTypes.TRANSLATE);
        assertThat(worker.parentId()).isEqualTo(CALLER);
        assertThat(worker.attributes())
                .containsEntry("cloudevents.event_id", "traced-item")
                .containsEntry("triptych.outcome", "answered");
        assertThat(named(trace, "text_completion en-de").parentId()).isEqualTo(worker.spanId());
    }

    @Test
    void whatTheCallerDoesNotSampleIsNotExported() {
        String unsampled = "4bf92f3577b34da6a3ce929d0e0e4704";
        String sampled = "4bf92f3577b34da6a3ce929d0e0e4705";
        String body = "{\"model\": \"en-de\", \"prompt\": \"ab\", \"max_tokens\": 3}";
        post("/v1/completions", unsampled, "00", body);
        post("/v1/completions", sampled, "01", body);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(RECEIVER.ofTrace(sampled)).hasSize(2));
        assertThat(RECEIVER.ofTrace(unsampled)).isEmpty();
    }

    @Test
    void histogramsPointToATraceThatTheyHaveMeasured() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4706";
        post(
                "/v1/completions",
                trace,
                "01",
                "{\"model\": \"en-de\", \"prompt\": \"ab\", \"max_tokens\": 3, \"min_new_tokens\": 3}");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(RECEIVER.ofTrace(trace)).hasSize(2));

        List<String> exemplars = scrape("application/openmetrics-text")
                .lines()
                .filter(line -> line.contains("# {"))
                .toList();
        for (String histogram : List.of(
                "triptych_request_seconds",
                "triptych_queue_seconds",
                "triptych_time_to_first_token_seconds",
                "triptych_inter_token_seconds")) {
            assertThat(exemplars)
                    .as(histogram)
                    .anySatisfy(line -> assertThat(line)
                            .startsWith(histogram + "_bucket")
                            .contains("model=\"en-de\"")
                            .containsPattern("trace_id=\"4bf92f3577b34da6a3ce929d0e0e470[1-6]\""));
        }
        assertThat(scrape("text/plain"))
                .contains("triptych_request_seconds_bucket")
                .doesNotContain("# {");
        assertThat(RECEIVER.all()).noneMatch(span -> span.name().contains("/actuator"));
    }

    private String scrape(String accepted) {
        return String.valueOf(WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + managementPort)
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(4 << 20))
                .build()
                .get()
                .uri("/actuator/prometheus")
                .header("Accept", accepted)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody());
    }

    private void post(String path, String trace, String flags, String body) {
        client.post()
                .uri(path)
                .header("traceparent", "00-" + trace + "-" + CALLER + "-" + flags)
                .header("Content-Type", "application/json")
                .bodyValue(body)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult();
    }

    private static String traceParent(String trace, String flags) {
        return "00-" + trace + "-" + CALLER + "-" + flags;
    }

    private static ReceivedSpan named(String trace, String name) {
        return RECEIVER.ofTrace(trace).stream()
                .filter(span -> span.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no span " + name + " in " + RECEIVER.ofTrace(trace)));
    }
}
