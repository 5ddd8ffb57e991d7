package dev.triptych.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.gateway.support.FakeServices;
import dev.triptych.gateway.support.RawClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What uses the bound up and what does not. */
@TestPropertySource(properties = "triptych.gateway.max-outstanding=2")
class OutstandingIT extends FakeServices {

    private static final String REQUEST = "POST /v1/completions HTTP/1.1\r\nHost: g\r\n";

    @Autowired
    private WebTestClient client;

    @Test
    void requestsWithoutAnAnswerCountAndBodiesOnTheirWayDoNot() throws Exception {
        Sinks.Empty<Void> rest = Sinks.empty();
        AtomicInteger arrived = new AtomicInteger();
        TEXT.answer((request, response) -> request.receive()
                .then(Mono.defer(() -> {
                    boolean waits = request.requestHeaders().contains("waits");
                    arrived.incrementAndGet();
                    return waits ? rest.asMono() : Mono.empty();
                }))
                .then(response.sendString(Mono.just("{}")).then()));
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(send(REQUEST + "Content-Length: 100\r\n\r\n{"));
            clients.add(send(REQUEST + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"));
        }
        expect(200);
        RawClient held = send(REQUEST + "waits: 1\r\nContent-Length: 2\r\n\r\n{}");
        RawClient streamed = send(REQUEST + "waits: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
        await().atMost(Duration.ofSeconds(20)).until(() -> arrived.get() == 3);
        expect(429);
        rest.tryEmitEmpty();
        assertThat(held.readUntil("{}")).startsWith("HTTP/1.1 200 OK");
        assertThat(streamed.readUntil("{}")).startsWith("HTTP/1.1 200 OK");
        expect(200);
        clients.add(held);
        clients.add(streamed);
        for (RawClient each : clients) {
            each.close();
        }
    }

    private RawClient send(String beginning) throws Exception {
        RawClient sender = new RawClient(port);
        sender.send(beginning);
        return sender;
    }

    private void expect(int status) {
        client.post()
                .uri("/v1/completions")
                .bodyValue("{}")
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectBody();
    }
}
