package dev.triptych.gateway.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gateway.support.FakeService;
import dev.triptych.gateway.support.FakeServices;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;

/** The Open Inference Protocol at the gateway: paths that name a model reach the service that has it. */
class InferenceRoutingIT extends FakeServices {

    private static final String LENGTH = "Inference-Header-Content-Length";

    @Autowired
    private WebTestClient client;

    /** A service that has one model and notes what else it is asked. */
    private static FakeService.Handler having(String model, Set<String> asked) {
        return (request, response) -> {
            String path = request.path();
            if (path.equals("v1/models")) {
                return json(response.status(200), "{\"object\":\"list\",\"data\":[{\"id\":\"" + model + "\"}]}");
            }
            if (path.startsWith("v1/models/")) {
                boolean known = path.equals("v1/models/" + model);
                return json(response.status(known ? 200 : 404), "{\"id\":\"" + model + "\"}");
            }
            return request.receive()
                    .aggregate()
                    .asString()
                    .defaultIfEmpty("")
                    .doOnNext(body -> asked.add(request.method() + " " + path + " "
                            + request.requestHeaders().get(LENGTH, "-") + " " + body))
                    .then(response.status(200)
                            .header(LENGTH, "2")
                            .header("Content-Type", "application/octet-stream")
                            .sendString(Mono.just("{}raw"))
                            .then());
        };
    }

    private static Mono<Void> json(reactor.netty.http.server.HttpServerResponse response, String body) {
        return response.header("Content-Type", "application/json")
                .sendString(Mono.just(body))
                .then();
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /infer",
        "GET, ''",
        "GET, /ready",
    })
    void aModelsPathsReachTheServiceThatHasIt(String method, String rest) {
        String mine = "text" + rest.length();
        String theirs = "vision" + rest.length();
        Set<String> text = new ConcurrentSkipListSet<>();
        Set<String> vision = new ConcurrentSkipListSet<>();
        TEXT.answer(having(mine, text));
        VISION.answer(having(theirs, vision));
        String body = method.equals("POST") ? "{}xyz" : "";
        for (String model : Set.of(mine, theirs)) {
            client.method(HttpMethod.valueOf(method))
                    .uri("/v2/models/" + model + rest)
                    .header(LENGTH, "2")
                    .contentType(MediaType.APPLICATION_OCTET_STREAM)
                    .bodyValue(body)
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectHeader()
                    .valueEquals(LENGTH, "2")
                    .expectBody(String.class)
                    .isEqualTo("{}raw");
        }
        assertThat(text).containsExactly(method + " v2/models/" + mine + rest + " 2 " + body);
        assertThat(vision).containsExactly(method + " v2/models/" + theirs + rest + " 2 " + body);
    }

    @Test
    void aModelThatNobodyHasIs404() {
        TEXT.answer(having("a", new ConcurrentSkipListSet<>()));
        VISION.answer(having("b", new ConcurrentSkipListSet<>()));
        client.post()
                .uri("/v2/models/nobodys/infer")
                .bodyValue("{}")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectBody()
                .jsonPath("$.error")
                .isEqualTo("The model 'nobodys' does not exist; GET /v1/models lists those that do.");
    }

    @Test
    void whileAServiceIsSilentAnUnknownModelMayBeIts() {
        TEXT.answer(having("a", new ConcurrentSkipListSet<>()));
        VISION.answerJson(500, "{}");
        client.get()
                .uri("/v2/models/perhaps-visions")
                .exchange()
                .expectStatus()
                .isEqualTo(503)
                .expectHeader()
                .exists("Retry-After")
                .expectBody()
                .jsonPath("$.error")
                .isEqualTo("vision-service cannot be reached; try again shortly.");
    }

    @Test
    void aWrongMethodSaysWhichIsRight() {
        TEXT.answer(having("method-test", new ConcurrentSkipListSet<>()));
        client.get()
                .uri("/v2/models/method-test/infer")
                .exchange()
                .expectStatus()
                .isEqualTo(405)
                .expectHeader()
                .valueEquals("Allow", "POST");
    }

    @Test
    void theServerSaysWhatItIs() {
        client.get()
                .uri("/v2")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.name")
                .isEqualTo("triptych")
                .jsonPath("$.extensions[0]")
                .isEqualTo("binary_tensor_data");
        client.get()
                .uri("/v2/health/live")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.live")
                .isEqualTo(true);
    }
}
