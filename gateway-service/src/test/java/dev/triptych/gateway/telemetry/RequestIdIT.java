package dev.triptych.gateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gateway.support.FakeServices;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;

class RequestIdIT extends FakeServices {

    @Autowired
    private WebTestClient client;

    private final AtomicReference<List<String>> seen = new AtomicReference<>();

    @BeforeEach
    void watch() {
        TEXT.answer((request, response) -> {
            seen.set(request.requestHeaders().getAll("X-Request-Id"));
            return response.header("X-Request-Id", "the-services-own").send();
        });
    }

    @Test
    void theClientsIdGoesToTheServiceAndBack() {
        assertThat(call("order-66.a:b_c")).containsExactly("order-66.a:b_c");
        assertThat(seen.get()).containsExactly("order-66.a:b_c");
    }

    @Test
    void withoutOneTheServiceAndTheClientGetTheSameNewId() {
        List<String> returned = call();
        assertThat(returned).hasSize(1).allMatch(id -> id.matches("[0-9a-f]{32}"));
        assertThat(seen.get()).isEqualTo(returned);
    }

    @Test
    void twoIdsAreNoId() {
        List<String> returned = call("one", "two");
        assertThat(returned).hasSize(1).doesNotContain("one", "two");
        assertThat(seen.get()).isEqualTo(returned);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/v1/models/x/y", "/v1/translations", "/"})
    void everyAnswerCarriesTheId(String path) {
        client.get()
                .uri(path)
                .header("X-Request-Id", "mine")
                .exchange()
                .expectHeader()
                .valueEquals("X-Request-Id", "mine")
                .expectBody();
    }

    private List<String> call(String... given) {
        return client.get()
                .uri("/languages")
                .headers(headers -> headers.put("X-Request-Id", List.of(given)))
                .exchange()
                .expectBody()
                .isEmpty()
                .getResponseHeaders()
                .getOrEmpty("X-Request-Id");
    }
}
