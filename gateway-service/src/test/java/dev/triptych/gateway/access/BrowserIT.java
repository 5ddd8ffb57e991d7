package dev.triptych.gateway.access;

import dev.triptych.gateway.support.FakeServices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;

/** What browsers are told. */
@TestPropertySource(
        properties = {
            "triptych.connections.cors-origins=https://app.example,https://other.example",
            "triptych.access.admin-key-hash=" + KeysContract.OPERATORS_HASH
        })
class BrowserIT extends FakeServices {

    @Autowired
    private WebTestClient client;

    @ParameterizedTest
    @CsvSource({"/languages, 200", "/v1/completions, 401", "/nothing, 401"})
    void everyAnswerIsNothingToShowOrToSniff(String path, int status) {
        client.get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .valueEquals("X-Content-Type-Options", "nosniff")
                .expectHeader()
                .valueEquals("X-Frame-Options", "DENY")
                .expectHeader()
                .valueEquals("Referrer-Policy", "no-referrer")
                .expectHeader()
                .valueEquals("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    }

    @Test
    void thePlaygroundsOwnPolicyStands() {
        client.get()
                .uri("/playground/index.html")
                .exchange()
                .expectHeader()
                .valueMatches("Content-Security-Policy", ".*script-src 'self'.*");
    }

    @Test
    void aNamedSitesPageMayAskBeforeItHasShownAKey() {
        preflight("https://app.example")
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("Access-Control-Allow-Origin", "https://app.example");
        client.post()
                .uri("/v1/completions")
                .header("Origin", "https://other.example")
                .headers(headers -> headers.setBearerAuth(KeysContract.OPERATOR))
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("Access-Control-Allow-Origin", "https://other.example");
    }

    @Test
    void anotherSitesPageMayNot() {
        preflight("https://evil.example")
                .expectStatus()
                .isForbidden()
                .expectHeader()
                .doesNotExist("Access-Control-Allow-Origin");
    }

    private WebTestClient.ResponseSpec preflight(String origin) {
        return client.options()
                .uri("/v1/completions")
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type")
                .exchange();
    }
}
