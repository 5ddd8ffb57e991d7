package dev.triptych.gateway.errors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gateway.support.FakeServices;
import dev.triptych.gateway.support.RawClient;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.SocketChannelConfig;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.server.HttpServerResponse;

/** Failures between the gateway and a service; text is patient, vision has short time limits. */
@TestPropertySource(
        properties = {
            "triptych.services.vision.response-timeout=300ms",
            "triptych.services.vision.stream-idle-timeout=300ms"
        })
class UpstreamFailureIT extends FakeServices {

    private static final String CALL =
            "POST %s HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";

    private final Sinks.Empty<Void> firstHasArrived = Sinks.empty();

    @Autowired
    private WebTestClient client;

    @ParameterizedTest
    @CsvSource({
        "/v1/translations, $.code, upstream_failed",
        "/v1/completions, $.error.code, upstream_failed",
        "/translate, $.error, text-service broke off the connection before its answer ended."
    })
    void aServiceThatHangsUpIs502(String path, String field, String value) {
        TEXT.answer((request, response) -> hangUp(response));

        client.post()
                .uri(path)
                .bodyValue("{}")
                .exchange()
                .expectStatus()
                .isEqualTo(502)
                .expectHeader()
                .exists("X-Request-Id")
                .expectBody()
                .jsonPath(field)
                .isEqualTo(value);
    }

    @Test
    void aServiceThatHangsUpAfterItsHeadersIsStill502WithoutThem() {
        TEXT.answer((request, response) -> response.header("Content-Length", "1000")
                .header("Content-Type", "text/plain")
                .header("Cache-Control", "max-age=60")
                .sendHeaders()
                .then(hangUp(response)));

        client.post()
                .uri("/v1/completions")
                .exchange()
                .expectStatus()
                .isEqualTo(502)
                .expectHeader()
                .contentType("application/json")
                .expectHeader()
                .doesNotExist("Cache-Control")
                .expectBody()
                .jsonPath("$.error.type")
                .isEqualTo("server_error");
    }

    @Test
    void aServiceThatDoesNotAnswerInTimeIs504() {
        VISION.answer((request, response) -> Mono.never());

        client.post()
                .uri("/v1/vision/classifications")
                .exchange()
                .expectStatus()
                .isEqualTo(504)
                .expectHeader()
                .contentType("application/problem+json")
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("deadline_exceeded")
                .jsonPath("$.detail")
                .isEqualTo("vision-service did not answer within its time limit.");
    }

    @Test
    void aStreamThatStandsStillEndsInAnErrorEvent() throws Exception {
        VISION.answer((request, response) ->
                response.sse().sendString(Flux.concat(Mono.just("data: 1\n\n"), Mono.<String>never())));

        assertThat(call("/v1/vision/classifications"))
                .contains("data: 1\n\n")
                .contains("\n\ndata: {\"type\":\"about:blank\",\"title\":\"Gateway Timeout\",\"status\":504");
    }

    @Test
    void aStreamThatBreaksOffEndsInAnErrorEventOfItsProtocol() throws Exception {
        TEXT.answer((request, response) -> sendThenHangUp(response.sse(), "data: {\"half"));

        assertThat(call("/v1/completions"))
                .contains("data: {\"half")
                .contains("\n\ndata: {\"error\":{\"message\":\"text-service broke off")
                .endsWith("0\r\n\r\n");
    }

    /** A reset is another event than an end: no trailers follow it, and it looks like a client that left. */
    @Test
    void aStreamThatIsResetEndsInAnErrorEventToo() throws Exception {
        TEXT.answer((request, response) -> sendThenReset(response.sse(), "data: 1\n\n"));

        try (RawClient raw = new RawClient(port)) {
            raw.send(CALL.formatted("/v1/completions"));
            raw.readUntil("data: 1\n\n");
            firstHasArrived.tryEmitEmpty().orThrow();
            assertThat(raw.readToEnd())
                    .contains("upstream_failed")
                    .contains("data: [DONE]\n\n")
                    .endsWith("0\r\n\r\n");
        }
    }

    @Test
    void aBodyThatIsResetMidwayIsCutAndNeverLooksWhole() throws Exception {
        TEXT.answer((request, response) -> sendThenReset(response.chunkedTransfer(true), "{\"half\":"));

        try (RawClient raw = new RawClient(port)) {
            raw.send(CALL.formatted("/translate"));
            raw.readUntil("{\"half\":");
            firstHasArrived.tryEmitEmpty().orThrow();
            assertThat(raw.readToEnd()).doesNotContain("0\r\n\r\n");
        }
    }

    @Test
    void aBodyThatBreaksOffMidwayIsCutAndNeverLooksWhole() throws Exception {
        TEXT.answer((request, response) -> sendThenHangUp(response.chunkedTransfer(true), "{\"half\":"));

        assertThat(call("/translate")).doesNotEndWith("0\r\n\r\n");
    }

    private String call(String path) throws Exception {
        try (RawClient raw = new RawClient(port)) {
            raw.send(CALL.formatted(path));
            return raw.readToEnd();
        }
    }

    private static Mono<Void> sendThenHangUp(HttpServerResponse response, String text) {
        return response.send(Flux.just(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)), piece -> true)
                .then(hangUp(response))
                .then();
    }

    private Mono<Void> sendThenReset(HttpServerResponse response, String text) {
        return response.send(Flux.just(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)), piece -> true)
                .then(firstHasArrived.asMono())
                .then(Mono.<Void>fromRunnable(() -> response.withConnection(
                        c -> ((SocketChannelConfig) c.channel().config()).setSoLinger(0))))
                .then(hangUp(response))
                .then();
    }

    private static Mono<Void> hangUp(HttpServerResponse response) {
        return Mono.<Void>fromRunnable(
                        () -> response.withConnection(c -> c.channel().close()))
                .then(Mono.never());
    }
}
