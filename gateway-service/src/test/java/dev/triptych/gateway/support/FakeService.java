package dev.triptych.gateway.support;

import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** A service behind the gateway: a real HTTP server that answers as the test says. */
public final class FakeService {

    /** What a service does with a request. */
    public interface Handler extends BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {}

    private static final String PROBE = "/actuator/health/readiness";

    private final DisposableServer server;
    private volatile Handler handler = (request, response) -> response.sendNotFound();
    private volatile Handler probe = (request, response) -> response.send();

    private FakeService() {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> (request.uri().equals(PROBE) ? probe : handler).apply(request, response))
                .bindNow();
    }

    public static FakeService start() {
        return new FakeService();
    }

    public String url() {
        return "http://127.0.0.1:" + server.port();
    }

    public void answer(Handler next) {
        handler = next;
    }

    /** What it answers to its readiness probe, which is ready unless told otherwise. */
    public void answerProbe(Handler next) {
        probe = next;
    }

    /** Whether its probe says ready. */
    public void ready(boolean ready) {
        answerProbe((request, response) -> response.status(ready ? 200 : 503).send());
    }

    /** Answers every request with this JSON after reading its body. */
    public void answerJson(int status, String json) {
        answer((request, response) -> request.receive()
                .then(response.status(status)
                        .header("Content-Type", "application/json")
                        .sendString(Mono.just(json))
                        .then()));
    }

    public void stop() {
        server.disposeNow();
    }
}
