package dev.triptych.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.gateway.support.FakeService;
import dev.triptych.gateway.support.GatewayTest;
import dev.triptych.gateway.support.RawClient;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Two replicas of text-service, and a third that is gone. */
@GatewayTest
@TestPropertySource(properties = {"triptych.gateway.readiness-interval=100ms", "triptych.gateway.resend-body=1KB"})
class ReplicasIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final FakeService ONE = FakeService.start();
    private static final FakeService TWO = FakeService.start();

    private final Queue<String> ofOne = new ConcurrentLinkedQueue<>();
    private final Queue<String> ofTwo = new ConcurrentLinkedQueue<>();

    @Autowired
    private WebTestClient client;

    @LocalServerPort
    private int port;

    @LocalManagementPort
    private int managementPort;

    @DynamicPropertySource
    static void addresses(DynamicPropertyRegistry registry) {
        FakeService gone = FakeService.start();
        gone.stop();
        String all = ONE.url() + "," + gone.url() + "," + TWO.url();
        registry.add("triptych.services.text.url", () -> all);
        registry.add("triptych.services.text.management-url", () -> all);
        registry.add("triptych.services.vision.url", TWO::url);
        registry.add("triptych.services.vision.management-url", TWO::url);
    }

    @BeforeEach
    void bothServeAgain() {
        ONE.ready(true);
        TWO.ready(true);
        ONE.answer((request, response) -> tell(ofOne, request, response));
        TWO.answer((request, response) -> tell(ofTwo, request, response));
        await().atMost(PATIENCE).until(() -> {
            forget();
            post("{}", 200);
            post("{}", 200);
            return ofOne.size() == 1 && ofTwo.size() == 1;
        });
        forget();
    }

    @Test
    void aReplicaThatStreamsGetsFewerThanOneThatDoesNot() throws Exception {
        ONE.answer(
                (request, response) -> isStream(request) ? streamWithoutEnd(response) : tell(ofOne, request, response));
        TWO.answer(
                (request, response) -> isStream(request) ? streamWithoutEnd(response) : tell(ofTwo, request, response));
        TWO.ready(false);
        await().atMost(PATIENCE).until(() -> readyReplicas().contains("\"ready\":1"));
        List<RawClient> streams = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            RawClient stream = new RawClient(port);
            stream.send("GET /languages?stream HTTP/1.1\r\nHost: g\r\n\r\n");
            stream.readUntil("data: 1\n\n");
            streams.add(stream);
        }
        TWO.ready(true);
        await().atMost(PATIENCE).until(() -> readyReplicas().contains("\"ready\":2"));
        for (int i = 0; i < 6; i++) {
            post("{}", 200);
        }
        assertThat(ofOne).isEmpty();
        assertThat(ofTwo).hasSize(6);
        for (RawClient stream : streams) {
            stream.close();
        }
        await().atMost(PATIENCE).until(() -> {
            post("{}", 200);
            return !ofOne.isEmpty() && !ofTwo.isEmpty();
        });
    }

    @Test
    void whoseProbeSaysNotReadyIsLeftAloneUntilItSaysReadyAgain() {
        ONE.ready(false);
        await().atMost(PATIENCE).until(() -> {
            ofOne.clear();
            post("{}", 200);
            post("{}", 200);
            post("{}", 200);
            return ofOne.isEmpty();
        });
        TWO.ready(false);
        await().atMost(PATIENCE).until(() -> readyReplicas().contains("\"ready\":0"));
        post("{}", 200);
    }

    @Test
    void aLostPostIsSentAgainWholeAndOnce() {
        ONE.answer((request, response) -> breakOff(ofOne, request, response));
        for (int i = 0; i < 4; i++) {
            post("{\"prompt\":\"ä\"}", 200);
        }
        assertThat(ofTwo).hasSize(4).containsOnly("/v1/completions {\"prompt\":\"ä\"}");
        assertThat(ofOne).isNotEmpty();
        assertThat(readyReplicas()).contains("\"replicas\":3");
        assertThat(metric("triptych_upstream_ejections_total")).isPositive();
        assertThat(metric("triptych_upstream_resends_total")).isPositive();
    }

    @Test
    void aRequestThatBreaksEveryConnectionEndsInAnErrorAndIsNotTriedForEver() {
        ONE.answer((request, response) -> breakOff(ofOne, request, response));
        TWO.answer((request, response) -> breakOff(ofTwo, request, response));
        post("{}", 502);
        assertThat(ofOne.size() + ofTwo.size()).isEqualTo(2);
    }

    @Test
    void whatOneReplicaCannotServeAnotherDoes() {
        ONE.answer((request, response) -> request.receive()
                .then(response.status(503)
                        .header("Retry-After", "1")
                        .sendString(Mono.just("{}"))
                        .then()));
        for (int i = 0; i < 4; i++) {
            client.post()
                    .uri("/v1/completions")
                    .bodyValue("{}")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectHeader()
                    .doesNotExist("Retry-After")
                    .expectBody(String.class)
                    .isEqualTo("served");
        }
        TWO.answer((request, response) -> request.receive()
                .then(response.status(503)
                        .sendString(Mono.just("{\"from\":\"two\"}"))
                        .then()));
        post("{}", 503);
    }

    @Test
    void whatChangesSomethingIsSentOnce() {
        ONE.answer((request, response) -> breakOff(ofOne, request, response));
        TWO.answer((request, response) -> breakOff(ofTwo, request, response));
        client.post()
                .uri("/v1/models/en-de/load")
                .exchange()
                .expectStatus()
                .isEqualTo(502)
                .expectBody();
        assertThat(ofOne.size() + ofTwo.size()).isEqualTo(1);
    }

    @Test
    void whatOneReplicaLoadedTheOthersLoadToo() {
        client.post()
                .uri("/v1/models/en-de/load")
                .header("Authorization", "Bearer key")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .isEqualTo("served");
        assertThat(ofOne).hasSize(1);
        assertThat(ofTwo).hasSize(1);
        TWO.answer((request, response) ->
                response.status(409).sendString(Mono.just("{}")).then());
        ONE.answer((request, response) ->
                response.status(200).sendString(Mono.just("loaded")).then());
        String answer = client.post()
                .uri("/v1/models/en-de/load")
                .exchange()
                .expectStatus()
                .value(status -> assertThat(status).isIn(409, 502))
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
        assertThat(answer).doesNotContain("loaded");
    }

    @Test
    void aBodyThatIsTooLargeToHoldIsSentOnceButNotToOneThatIsGone() {
        String large = "{\"prompt\":\"" + "x".repeat(2000) + "\"}";
        post(large, 200);
        post(large, 200);
        post(large, 200);
        ofOne.clear();
        ofTwo.clear();
        ONE.answer((request, response) -> breakOff(ofOne, request, response));
        TWO.answer((request, response) -> breakOff(ofTwo, request, response));
        post(large, 502);
        assertThat(ofOne.size() + ofTwo.size()).isEqualTo(1);
    }

    @Test
    void aFileThatOneReplicaHasIsFoundThere() {
        ONE.answer((request, response) -> {
            ofOne.add(request.uri());
            return response.sendNotFound();
        });
        for (int i = 0; i < 4; i++) {
            client.get()
                    .uri("/download_file/abc")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody();
        }
        assertThat(ofOne).isNotEmpty();
        TWO.answer((request, response) -> response.sendNotFound());
        client.get()
                .uri("/download_file/abc")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectBody();
    }

    @Test
    void modelsAndDocumentsAreAskedOfWhoAnswers() {
        ONE.answer((request, response) -> breakOff(ofOne, request, response));
        TWO.answerJson(200, "{\"data\":[{\"id\":\"en-de\"}],\"paths\":{\"/x\":{}}}");
        for (int i = 0; i < 3; i++) {
            client.get()
                    .uri("/v1/models")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.data[0].id")
                    .isEqualTo("en-de");
            client.get()
                    .uri("/openapi.json")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.paths['/x']")
                    .exists();
        }
    }

    private void forget() {
        ofOne.clear();
        ofTwo.clear();
    }

    private void post(String body, int status) {
        client.post()
                .uri("/v1/completions")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectBody();
    }

    private String readyReplicas() {
        return management("/actuator/health/readiness");
    }

    private double metric(String name) {
        return management("/actuator/prometheus")
                .lines()
                .filter(line -> line.startsWith(name + "{") && line.contains("service=\"text\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private String management(String path) {
        return String.valueOf(WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + managementPort)
                .build()
                .get()
                .uri(path)
                .exchange()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody());
    }

    private static Mono<Void> tell(Queue<String> seen, HttpServerRequest request, HttpServerResponse response) {
        return request.receive()
                .aggregate()
                .asString()
                .defaultIfEmpty("")
                .doOnNext(body -> seen.add(request.uri() + " " + body))
                .flatMap(body -> response.sendString(Mono.just("served")).then());
    }

    private static Mono<Void> breakOff(Queue<String> seen, HttpServerRequest request, HttpServerResponse response) {
        return request.receive()
                .then(Mono.fromRunnable(() -> {
                    seen.add(request.uri());
                    response.withConnection(connection -> connection.channel().close());
                }))
                .then(Mono.never());
    }

    private static boolean isStream(HttpServerRequest request) {
        return request.uri().endsWith("stream");
    }

    private static Mono<Void> streamWithoutEnd(HttpServerResponse response) {
        return response.header("Content-Type", "text/event-stream")
                .send(
                        Flux.just(Unpooled.copiedBuffer("data: 1\n\n", StandardCharsets.US_ASCII))
                                .concatWith(Flux.never()),
                        piece -> true)
                .then();
    }
}
