package dev.triptych.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.triptych.gateway.GatewayApplication;
import dev.triptych.gateway.support.FakeService;
import dev.triptych.gateway.support.OwnEventLoops;
import dev.triptych.gateway.support.RawClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A gateway that is told to stop while it has work. */
@Timeout(120)
class DrainIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void itSaysNotReadyServesOnForAWhileLetsStreamsEndAndGoes() throws Exception {
        FakeService text = FakeService.start();
        Sinks.Many<ByteBuf> rest = Sinks.many().unicast().onBackpressureBuffer();
        text.answer((request, response) -> request.uri().endsWith("stream")
                ? response.header("Content-Type", "text/event-stream")
                        .send(Flux.just(event("1")).concatWith(rest.asFlux()), piece -> true)
                : request.receive().then(response.sendString(Mono.just("{}")).then()));
        try (ConfigurableApplicationContext gateway = start(text);
                HttpClient probes = HttpClient.newHttpClient();
                RawClient stream = new RawClient(port(gateway, "local.server.port"));
                RawClient kept = new RawClient(port(gateway, "local.server.port"))) {
            int management = port(gateway, "local.management.port");
            await().atMost(PATIENCE).until(() -> readiness(probes, management) == 200);
            stream.send("GET /languages?stream HTTP/1.1\r\nHost: g\r\n\r\n");
            stream.readUntil("data: 1\n\n");
            kept.send("GET /languages HTTP/1.1\r\nHost: g\r\n\r\n");
            assertThat(kept.readUntil("{}")).startsWith("HTTP/1.1 200 OK").doesNotContain("close");

            CompletableFuture<Void> closing = CompletableFuture.runAsync(gateway::close);
            await().atMost(PATIENCE).until(() -> readiness(probes, management) == 503);
            kept.send("GET /languages HTTP/1.1\r\nHost: g\r\n\r\n");
            assertThat(kept.readToEnd())
                    .startsWith("HTTP/1.1 200 OK")
                    .containsIgnoringCase("connection: close")
                    .endsWith("{}");

            int port = port(gateway, "local.server.port");
            await().atMost(PATIENCE).until(() -> isClosed(port));
            assertThat(closing).isNotDone();
            rest.tryEmitNext(event("2"));
            rest.tryEmitComplete();
            assertThat(stream.readUntil("0\r\n\r\n")).contains("data: 2");
            closing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThatThrownBy(() -> readiness(probes, management)).isInstanceOf(ConnectException.class);
        } finally {
            text.stop();
        }
    }

    private ConfigurableApplicationContext start(FakeService text) {
        return new SpringApplicationBuilder(GatewayApplication.class)
                .initializers(new OwnEventLoops())
                .run(
                        "--server.port=0",
                        "--management.server.port=0",
                        "--triptych.drain-delay=3s",
                        "--triptych.gateway.readiness-interval=100ms",
                        "--triptych.jobs.enabled=false",
                        "--triptych.jobs.store.folder=" + folder,
                        "--triptych.services.text.url=" + text.url(),
                        "--triptych.services.text.management-url=" + text.url(),
                        "--triptych.services.vision.url=" + text.url(),
                        "--triptych.services.vision.management-url=" + text.url());
    }

    private static int port(ConfigurableApplicationContext gateway, String name) {
        return Integer.parseInt(gateway.getEnvironment().getRequiredProperty(name));
    }

    private static int readiness(HttpClient client, int port) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
                                .timeout(PATIENCE)
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static boolean isClosed(int port) {
        try (RawClient client = new RawClient(port)) {
            client.send("");
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static ByteBuf event(String data) {
        return Unpooled.copiedBuffer("data: " + data + "\n\n", StandardCharsets.US_ASCII);
    }
}
