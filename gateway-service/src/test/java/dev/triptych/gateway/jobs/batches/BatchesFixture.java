package dev.triptych.gateway.jobs.batches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.triptych.wire.Topics;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;
import tools.jackson.databind.JsonNode;

/** A gateway between a real broker, a scripted worker and a store, and what its tests ask of batches. */
abstract class BatchesFixture {

    static final Duration PATIENCE = Duration.ofSeconds(180);
    static final String COMPLETIONS = "/v1/completions";

    private static EmbeddedKafkaBroker broker;

    /** Not one of Reactor's: a gateway that closes takes those with it. */
    private static HttpServer services;

    @TempDir
    Path folder;

    ScriptedWorker worker;
    GatewayProcess gateway;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = new EmbeddedKafkaKraftBroker(
                1,
                6,
                Topics.TEXT_REQUESTS,
                Topics.TEXT_RESULTS,
                Topics.VISION_REQUESTS,
                Topics.VISION_RESULTS,
                Topics.JOBS);
        broker.brokerProperties(Map.of("group.initial.rebalance.delay.ms", "0"));
        broker.afterPropertiesSet();
        services = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        services.createContext("/v1/models", exchange -> {
            byte[] models = "{\"object\":\"list\",\"data\":[{\"id\":\"m\"},{\"id\":\"flags\"}]}".getBytes();
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, models.length);
            exchange.getResponseBody().write(models);
            exchange.close();
        });
        services.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.destroy();
        services.stop(0);
    }

    @BeforeEach
    void start() {
        worker = new ScriptedWorker(broker.getBrokersAsString());
        gateway = start(Map.of());
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        worker.close();
    }

    /** The settings that name the store. */
    abstract Map<String, String> store();

    GatewayProcess start(Map<String, String> more) {
        String url = "http://127.0.0.1:" + services.getAddress().getPort();
        Map<String, String> settings = new TreeMap<>(Map.of(
                "spring.kafka.bootstrap-servers", broker.getBrokersAsString(),
                "triptych.services.text.url", url,
                "triptych.services.vision.url", url));
        settings.putAll(store());
        settings.putAll(more);
        return new GatewayProcess(settings.entrySet().stream()
                .map(each -> "--" + each.getKey() + "=" + each.getValue())
                .toList());
    }

    static String line(String customId, String prompt) {
        return "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{\"model\":\"m\",\"prompt\":\"%s\"}}"
                .formatted(customId, prompt);
    }

    String status(JsonNode created) {
        return gateway.batch(created.path("id").asString()).path("status").asString();
    }

    JsonNode ended(JsonNode created) {
        Predicate<String> ended = List.of("completed", "failed", "cancelled", "expired")::contains;
        await().atMost(PATIENCE).until(() -> ended.test(status(created)));
        return gateway.batch(created.path("id").asString());
    }

    static void assertCounts(JsonNode batch, int total, int completed, int failed) {
        JsonNode counts = batch.path("request_counts");
        assertThat(List.of(
                        counts.path("total").asInt(),
                        counts.path("completed").asInt(),
                        counts.path("failed").asInt()))
                .as(batch.toString())
                .containsExactly(total, completed, failed);
    }
}
