package dev.triptych.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.triptych.gateway.support.FakeServices;
import dev.triptych.gateway.support.RawClient;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Clients that send slowly, or read nothing, beside one that does not. */
@TestPropertySource(
        properties = {
            "triptych.connections.header-timeout=3s",
            "triptych.connections.read-timeout=3s",
            "triptych.connections.request-timeout=6s"
        })
class SlowClientsIT extends FakeServices {

    private static final int EACH = 40;

    @Autowired
    private WebTestClient client;

    @Test
    void slowSendersAndIdleStreamsAreCutOffOrKeptAndStopNobody() throws Exception {
        AtomicInteger streams = new AtomicInteger();
        TEXT.answer((request, response) -> {
            if (!request.requestHeaders().contains("idle")) {
                return request.receive()
                        .then(response.sendString(Mono.just("{}")).then());
            }
            streams.incrementAndGet();
            return response.header("Content-Type", "text/event-stream")
                    .send(
                            Flux.just(Unpooled.copiedBuffer("data: 1\n\n", StandardCharsets.US_ASCII))
                                    .concatWith(Flux.never()),
                            piece -> true);
        });
        List<RawClient> headers = RawClient.open(port, EACH, "POST /v1/completions HTTP/1.1\r\nHost: g\r\nX-Slow: ");
        List<RawClient> bodies =
                RawClient.open(port, EACH, "POST /v1/completions HTTP/1.1\r\nHost: g\r\nContent-Length: 100\r\n\r\n{");
        List<RawClient> idle = RawClient.open(
                port, EACH, "POST /v1/completions HTTP/1.1\r\nHost: g\r\nidle: 1\r\nContent-Length: 2\r\n\r\n{}");
        for (int i = 0; i < 20; i++) {
            client.post()
                    .uri("/v1/completions")
                    .bodyValue("{}")
                    .exchange()
                    .expectStatus()
                    .isOk();
        }
        for (RawClient slow : headers) {
            assertThat(slow.endOrNothing()).isEmpty();
        }
        for (RawClient slow : bodies) {
            assertThat(slow.endOrNothing()).doesNotContain("200 OK");
        }
        for (RawClient stream : idle) {
            assertThat(stream.readUntil("data: 1\n\n")).startsWith("HTTP/1.1 200 OK");
        }
        assertThat(streams).hasValue(EACH);
        client.post()
                .uri("/v1/completions")
                .bodyValue("{}")
                .exchange()
                .expectStatus()
                .isOk();
        for (List<RawClient> all : List.of(headers, bodies, idle)) {
            for (RawClient each : all) {
                each.close();
            }
        }
    }

    /** Each pause is shorter than the limit between two pieces, all together are longer than that of the request. */
    @Test
    void whoTricklesHeadersOrBodyIsCutOffAllTheSame() throws Exception {
        try (RawClient headers = new RawClient(port);
                RawClient body = new RawClient(port)) {
            headers.send("GET /languages HTTP/1.1\r\nHost: g\r\nX-Slow: ");
            body.send("POST /v1/completions HTTP/1.1\r\nHost: g\r\nContent-Length: 1000\r\n\r\n");
            assertThatCode(() -> trickle(headers)).isInstanceOf(IOException.class);
            assertThatCode(() -> trickle(body)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whoIsFastEnoughKeepsTheConnection() throws Exception {
        try (RawClient steady = new RawClient(port)) {
            for (int i = 0; i < 3; i++) {
                steady.send("POST /v1/completions HTTP/1.1\r\nHost: g\r\nContent-Length: 2\r\n");
                steady.send("\r\n{");
                steady.send("}");
                assertThat(steady.readUntil("}")).startsWith("HTTP/1.1 200 OK");
            }
        }
    }

    /** Writes until the other side is gone; each read would wait, so only writing tells. */
    private static void trickle(RawClient client) throws Exception {
        for (int i = 0; i < 200; i++) {
            client.send("x");
            LockSupport.parkNanos(100_000_000);
        }
    }
}
