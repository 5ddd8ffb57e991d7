package dev.triptych.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gateway.support.FakeService;
import dev.triptych.gateway.support.FakeServices;
import dev.triptych.gateway.upstream.ServiceName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;

class RoutingIT extends FakeServices {

    @Autowired
    private WebTestClient client;

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/translations, TEXT",
        "POST, /v1/completions, TEXT",
        "POST, /v1/chat/completions, TEXT",
        "POST, /v1/embeddings, TEXT",
        "POST, /v1/attention, TEXT",
        "POST, /v1/models/en-de/load, TEXT",
        "POST, /v1/models/en-de/unload, TEXT",
        "POST, /translate, TEXT",
        "GET, /languages, TEXT",
        "POST, /detect, TEXT",
        "GET, /frontend/settings, TEXT",
        "POST, /translate_file, TEXT",
        "GET, /download_file/abc.manual.de.txt, TEXT",
        "POST, /v2/models/en-de/generate, TEXT",
        "POST, /v2/models/en-de/generate_stream, TEXT",
        "POST, /v1/vision/classifications, VISION",
        "POST, /v1/vision/detections, VISION",
        "POST, /v1/vision/segmentations, VISION",
        "POST, /v1/vision/attention, VISION",
    })
    void eachPathReachesItsOwnerWithQueryAndBody(String method, String path, ServiceName owner) {
        Map<ServiceName, String> seen = new ConcurrentHashMap<>();
        TEXT.answer(recordInto(seen, ServiceName.TEXT));
        VISION.answer(recordInto(seen, ServiceName.VISION));
        boolean hasBody = method.equals("POST");

        client.method(HttpMethod.valueOf(method))
                .uri(path + "?top_k=3&x={x}", "a b")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(hasBody ? "{\"q\":\"ä\"}" : "")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody();

        assertThat(seen)
                .containsExactlyEntriesOf(
                        Map.of(owner, method + " " + path + "?top_k=3&x=a%20b " + (hasBody ? "{\"q\":\"ä\"}" : "")));
    }

    @Test
    void aServicesOwnErrorPassesThroughUntouched() {
        TEXT.answerJson(422, "{\"error\":\"q: at most 4000 characters, got 5000\"}");

        client.post()
                .uri("/translate")
                .exchange()
                .expectStatus()
                .isEqualTo(422)
                .expectBody(String.class)
                .isEqualTo("{\"error\":\"q: at most 4000 characters, got 5000\"}");
    }

    @Test
    void aTraceContinuesIntoTheService() {
        String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        TEXT.answer((request, response) -> response.header(
                        "seen", String.valueOf(request.requestHeaders().get("traceparent")))
                .send());

        client.get()
                .uri("/languages")
                .header("traceparent", parent)
                .exchange()
                .expectHeader()
                .valueEquals("seen", parent)
                .expectBody();
    }

    @ParameterizedTest
    @CsvSource({
        "/nothing, $.code, not_found",
        "/v1/nothing, $.code, not_found",
        "/v1/completions/nothing, $.error.code, not_found",
        "/v2/nothing, $.error, There is nothing at this path."
    })
    void anUnknownPathIs404InItsProtocolsShape(String path, String field, String value) {
        client.get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectHeader()
                .doesNotExist("Allow")
                .expectBody()
                .jsonPath(field)
                .isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/translations, POST, $.code",
        "DELETE, /v1/completions, POST, $.error.code",
        "POST, /v1/models, GET, $.error.code",
        "PUT, /v1/vision/classifications, POST, $.code",
    })
    void aWrongMethodIs405AndSaysWhichAreRight(String method, String path, String right, String field) {
        client.method(HttpMethod.valueOf(method))
                .uri(path)
                .exchange()
                .expectStatus()
                .isEqualTo(405)
                .expectHeader()
                .valueMatches("Allow", ".*\\b" + right + "\\b.*")
                .expectBody()
                .jsonPath(field)
                .isEqualTo("method_not_allowed");
    }

    @Test
    void theIndexNamesThePaths() {
        client.get()
                .uri("/")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.paths[?(@ == '/v1/translations')]")
                .exists();
    }

    private static FakeService.Handler recordInto(Map<ServiceName, String> seen, ServiceName name) {
        return (request, response) -> request.receive()
                .aggregate()
                .asString()
                .defaultIfEmpty("")
                .doOnNext(body -> seen.put(name, request.method() + " " + request.uri() + " " + body))
                .then(Mono.from(response.sendString(Mono.just("{}"))));
    }
}
