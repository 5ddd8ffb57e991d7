package dev.triptych.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gateway.support.FakeServices;
import dev.triptych.gateway.support.RawClient;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A thousand clients that send slowly and a thousand idle streams, beside a client that does neither. */
@TestPropertySource(
        properties = {
            "triptych.connections.header-timeout=4s",
            "triptych.connections.read-timeout=4s",
            "triptych.connections.request-timeout=6s"
        })
@ExtendWith(OutputCaptureExtension.class)
class ManySlowClientsIT extends FakeServices {

    private static final int SENDERS = 1000;
    private static final int STREAMS = 1000;
    private static final int CALLS = 50;

    /** A quick request's; the slow ones are cut off all at once meanwhile. */
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    @Test
    void aNormalClientIsAnsweredAndTheLogStaysReadable(CapturedOutput log) throws Exception {
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
        List<RawClient> slow = new ArrayList<>();
        try (HttpClient client = HttpClient.newHttpClient()) {
            print("alone", call(client));
            List<RawClient> idle = RawClient.open(
                    port,
                    STREAMS,
                    "POST /v1/completions HTTP/1.1\r\nHost: g\r\nidle: 1\r\nContent-Length: 2\r\n\r\n{}");
            for (RawClient stream : idle) {
                assertThat(stream.readUntil("data: 1\n\n")).startsWith("HTTP/1.1 200 OK");
            }
            slow.addAll(idle);
            assertThat(streams).hasValue(STREAMS);
            print("beside idle streams", call(client));
            List<RawClient> senders = RawClient.open(
                    port,
                    SENDERS / 2,
                    "POST /v1/completions HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer secret\r\nX-Slow: ");
            senders.addAll(RawClient.open(
                    port, SENDERS / 2, "POST /v1/completions HTTP/1.1\r\nHost: g\r\nContent-Length: 100\r\n\r\n{"));
            slow.addAll(senders);
            print("beside slow senders too", call(client));
            for (RawClient sender : senders) {
                assertThat(sender.endOrNothing()).doesNotContain("200 OK");
            }
            print("once they are cut off", call(client));
        } finally {
            for (RawClient each : slow) {
                each.close();
            }
        }
        assertThat(log.getAll())
                .doesNotContain("secret")
                .doesNotContain("Decoding failed")
                .doesNotContain("ReadTimeoutException")
                .doesNotContain("RequestTimeoutException")
                .doesNotContain("\tat ");
    }

    /** Latencies in milliseconds. */
    private double[] call(HttpClient client) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/completions"))
                .timeout(DEADLINE)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        double[] millis = new double[CALLS];
        for (int i = 0; i < CALLS; i++) {
            long sent = System.nanoTime();
            assertThat(client.send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
            millis[i] = (System.nanoTime() - sent) / 1e6;
        }
        Arrays.sort(millis);
        return millis;
    }

    private static void print(String when, double[] millis) {
        System.out.printf(
                Locale.ROOT,
                "slow clients: a normal one %s p50 %.1f ms, longest %.1f ms%n",
                when,
                millis[CALLS / 2],
                millis[CALLS - 1]);
    }
}
