package dev.triptych.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gateway.support.FakeServices;
import dev.triptych.gateway.support.RawClient;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;

class BodyLimitIT extends FakeServices {

    private static final int MIB = 1024 * 1024;

    @Autowired
    private WebTestClient client;

    @ParameterizedTest
    @CsvSource({"/translate, 1", "/v1/translations, 1", "/v1/completions, 1", "/v1/vision/classifications, 25"})
    void aBodyOfExactlyTheLimitPassesAndOneByteMoreDoesNot(String path, int mebibytes) {
        int limit = mebibytes * MIB;
        client.post()
                .uri(path)
                .bodyValue(new byte[limit])
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody();

        String answer = client.post()
                .uri(path)
                .bodyValue(new byte[limit + 1])
                .exchange()
                .expectStatus()
                .isEqualTo(413)
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
        assertThat(answer).contains("The body has %d bytes; the limit here is %d bytes.".formatted(limit + 1, limit));
    }

    @Test
    void aDeclaredLengthOverTheLimitIsRefusedBeforeAnyByteOfIt() throws Exception {
        try (RawClient raw = new RawClient(port)) {
            raw.send("POST /v1/translations HTTP/1.1\r\nHost: gateway\r\nContent-Length: 1048577\r\n\r\n");
            assertThat(raw.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 413").containsIgnoringCase("X-Request-Id: ");
        }
    }

    @Test
    void aChunkedBodyIsRefusedAtTheFirstByteOverTheLimit() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        TEXT.answer((request, response) ->
                request.receive().then().doOnSuccess(done -> ended.set(true)).then(response.send()));

        try (RawClient raw = new RawClient(port)) {
            raw.send("POST /translate HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n");
            raw.sendChunk(new byte[MIB]);
            raw.sendChunk(new byte[] {1});
            assertThat(raw.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 413");
            assertThat(raw.readUntil("}"))
                    .isEqualTo(
                            "{\"error\":\"The body goes on after 1048576 bytes; the limit here is 1048576 bytes.\"}");
        }
        assertThat(ended).isFalse();
    }

    /** Many clients read nothing before they have sent everything; a closed connection would hide the answer. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientThatSendsTenMegabytesBeforeItReadsGetsThe413AndGoesOn(boolean chunked) throws Exception {
        byte[] body = new byte[10 * MIB];
        try (RawClient raw = new RawClient(port)) {
            raw.send("POST /translate HTTP/1.1\r\nHost: gateway\r\n"
                    + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + body.length) + "\r\n\r\n");
            if (chunked) {
                for (int i = 0; i < 10; i++) {
                    raw.sendChunk(new byte[MIB]);
                }
                raw.send("0\r\n\r\n");
            } else {
                raw.send(body);
            }
            assertThat(raw.readUntil("}")).startsWith("HTTP/1.1 413").contains("limit here is 1048576 bytes");

            raw.send("GET /languages HTTP/1.1\r\nHost: gateway\r\n\r\n");
            assertThat(raw.readUntil("}")).startsWith("HTTP/1.1 200");
        }
    }
}
