package dev.triptych.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gateway.GatewayApplication;
import dev.triptych.gateway.store.StoreAccess;
import dev.triptych.gateway.support.FakeService;
import dev.triptych.gateway.support.GatewayTest;
import dev.triptych.gateway.support.OwnEventLoops;
import dev.triptych.gateway.support.PostgresqlServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.json.JsonMapper;

/** Levels in a PostgreSQL, and two gateways that share them. */
@GatewayTest
@ExtendWith(PostgresqlServer.Required.class)
class SharedBucketsIT extends BucketsContract {

    private static final FakeService TEXT = FakeService.start();
    private static final String OPERATOR = "tk_the-operators-own";
    private static final String OPERATORS_HASH = "7de44d4a7ae0c6f8279ddead5acc4e31d197f29338954e49143fde5afa365331";
    private static final int CLIENTS = 200;
    private static final int CALLS_EACH = 3;
    private static final int PER_MINUTE = 60;

    @Autowired
    private StoreAccess store;

    @LocalServerPort
    private int port;

    private final HttpClient client = HttpClient.newHttpClient();

    @DynamicPropertySource
    static void store(DynamicPropertyRegistry registry) {
        registry.add("triptych.access.admin-key-hash", () -> OPERATORS_HASH);
        registry.add("triptych.services.text.url", TEXT::url);
        registry.add("triptych.jobs.store.url", SharedBucketsIT::database);
        registry.add("triptych.jobs.store.username", () -> "triptych");
    }

    private static String database() {
        return PostgresqlServer.shared().orElseThrow().url("limits");
    }

    @Override
    Buckets buckets() {
        return new QueuedBuckets(new BucketTable(store));
    }

    @Test
    void twoGatewaysTogetherLetNoMoreThroughThanTheLimit() throws Exception {
        TEXT.answerJson(200, "{}");
        try (ConfigurableApplicationContext second = secondGateway()) {
            String other = second.getEnvironment().getProperty("local.server.port", "");
            List<String> gateways = List.of("http://127.0.0.1:" + port, "http://127.0.0.1:" + other);
            String key = key(gateways.getFirst());
            ConcurrentHashMap<Integer, LongAdder> answers = new ConcurrentHashMap<>();
            long start = System.nanoTime();
            CompletableFuture.allOf(IntStream.range(0, CLIENTS)
                            .mapToObj(each -> calls(gateways.get(each % 2), key, answers, CALLS_EACH))
                            .toArray(CompletableFuture<?>[]::new))
                    .join();
            double minutes = (System.nanoTime() - start) / 60e9;
            assertThat(answers.keySet()).containsExactlyInAnyOrder(200, 429);
            long let = answers.getOrDefault(200, new LongAdder()).sum();
            assertThat(let).isBetween((long) PER_MINUTE, PER_MINUTE + (long) Math.ceil(minutes * PER_MINUTE));
            assertThat(answers.get(429).sum()).isEqualTo(CLIENTS * CALLS_EACH - let);
        }
    }

    /** One client's calls, one after the other. */
    private CompletableFuture<Void> calls(
            String gateway, String key, ConcurrentHashMap<Integer, LongAdder> answers, int left) {
        if (left == 0) {
            return CompletableFuture.completedFuture(null);
        }
        return client.sendAsync(post(gateway + "/v1/completions", key, "{}"), BodyHandlers.ofString())
                .thenCompose(response -> {
                    answers.computeIfAbsent(response.statusCode(), status -> new LongAdder())
                            .increment();
                    return calls(gateway, key, answers, left - 1);
                });
    }

    private String key(String gateway) throws Exception {
        String wanted = "{\"name\":\"n\",\"scopes\":[\"text\"],\"requests_per_minute\":" + PER_MINUTE + "}";
        HttpResponse<String> made = client.send(post(gateway + "/v1/keys", OPERATOR, wanted), BodyHandlers.ofString());
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return JsonMapper.builder().build().readTree(made.body()).path("key").asString();
    }

    private static HttpRequest post(String url, String key, String json) {
        return HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
    }

    private static ConfigurableApplicationContext secondGateway() {
        return new SpringApplicationBuilder(GatewayApplication.class)
                .initializers(new OwnEventLoops())
                .run(
                        "--server.port=0",
                        "--management.server.port=0",
                        "--server.shutdown=immediate",
                        "--triptych.jobs.enabled=false",
                        "--triptych.jobs.store.url=" + database(),
                        "--triptych.jobs.store.username=triptych",
                        "--triptych.access.admin-key-hash=" + OPERATORS_HASH,
                        "--triptych.services.text.url=" + TEXT.url());
    }
}
