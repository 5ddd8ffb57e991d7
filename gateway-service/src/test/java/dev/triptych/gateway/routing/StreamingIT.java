package dev.triptych.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gateway.support.FakeServices;
import dev.triptych.gateway.support.RawClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class StreamingIT extends FakeServices {

    private static final String CALL = "POST /v1/translations HTTP/1.1\r\nHost: gateway\r\nContent-Length: 2\r\n\r\n{}";

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "text/event-stream;charset=UTF-8", "application/x-ndjson"})
    void eachTokenArrivesBeforeTheNextIsMade(String mediaType) throws Exception {
        Sinks.Many<String> tokens = Sinks.many().unicast().onBackpressureBuffer();
        TEXT.answer((request, response) -> response.header(HttpHeaderNames.CONTENT_TYPE, mediaType)
                .send(tokens.asFlux().map(StreamingIT::bytes), piece -> true));

        try (RawClient client = new RawClient(port)) {
            client.send(CALL);
            for (int i = 0; i < 5; i++) {
                tokens.tryEmitNext("data: " + i + "\n\n").orThrow();
                assertThat(client.readUntil("data: " + i + "\n\n")).isNotEmpty();
            }
            tokens.tryEmitComplete().orThrow();
            client.readUntil("0\r\n\r\n");
        }
    }

    @Test
    void aBodyStreamsIntoTheServiceWhileItIsSent() throws Exception {
        BlockingQueue<String> pieces = new LinkedBlockingQueue<>();
        TEXT.answer((request, response) ->
                request.receive().asString().doOnNext(pieces::add).then(Mono.from(response.send())));

        try (RawClient client = new RawClient(port)) {
            client.send("POST /translate HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 3; i++) {
                client.sendChunk(("piece " + i).getBytes(StandardCharsets.UTF_8));
                assertThat(pieces.poll(20, TimeUnit.SECONDS)).isEqualTo("piece " + i);
            }
            client.send("0\r\n\r\n");
            assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aClientThatLeavesMidStreamCancelsTheServicesCallAtOnce() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        TEXT.answer((request, response) -> response.sse()
                .sendString(Flux.concat(Mono.just("data: first\n\n"), Flux.<String>never())
                        .doOnCancel(cancelled::countDown)));

        try (RawClient client = new RawClient(port)) {
            client.send(CALL);
            client.readUntil("data: first\n\n");
        }

        assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aClientThatLeavesBeforeTheAnswerCancelsTheServicesCallAtOnce() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        TEXT.answer((request, response) -> request.receive()
                .then()
                .doOnTerminate(arrived::countDown)
                .then(Mono.<Void>never())
                .doOnCancel(cancelled::countDown));

        try (RawClient client = new RawClient(port)) {
            client.send(CALL);
            assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aBodyAnnouncedWithExpectContinueArrives() throws Exception {
        TEXT.answer((request, response) ->
                response.sendString(request.receive().aggregate().asString()));

        try (RawClient client = new RawClient(port)) {
            client.send("POST /translate HTTP/1.1\r\nHost: gateway\r\nContent-Length: 5\r\n"
                    + "Expect: 100-continue\r\nConnection: close\r\n\r\n");
            assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100");
            client.send("hello");
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 200").contains("hello");
        }
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }
}
