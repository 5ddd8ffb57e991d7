package dev.triptych.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gateway.upstream.Attempt;
import dev.triptych.gateway.upstream.ReplicaAddress;
import dev.triptych.gateway.upstream.ReplicaBreakers;
import dev.triptych.gateway.upstream.ReplicaMetrics;
import dev.triptych.gateway.upstream.ReplicaSet;
import dev.triptych.gateway.upstream.ServiceName;
import dev.triptych.gateway.upstream.UpstreamService;
import dev.triptych.wire.TriptychException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.util.unit.DataSize;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class OutstandingLimitTest {

    private final UpstreamService text = service(ServiceName.TEXT);
    private final OutstandingLimit filter = new OutstandingLimit(
            ServiceRoute.ALL, Map.of(ServiceName.TEXT, text, ServiceName.VISION, service(ServiceName.VISION)));
    private final Sinks.Empty<Void> answered = Sinks.empty();

    private Mono<Void> send(MockServerHttpRequest.BaseBuilder<?> request) {
        return filter.filter(MockServerWebExchange.from(request), exchange -> answered.asMono());
    }

    private Mono<Void> post(String path) {
        return send(MockServerHttpRequest.post(path));
    }

    private static void assertRefused(Mono<Void> answer) {
        assertThat(answer.materialize().block(Duration.ofSeconds(5)))
                .satisfies(signal -> assertThat(signal.getThrowable())
                        .isInstanceOfSatisfying(
                                TriptychException.Overloaded.class,
                                refused -> assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(1))));
    }

    private static UpstreamService service(ServiceName name) {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        List<ReplicaAddress> two = List.of(address(1), address(2));
        return new UpstreamService(
                name,
                new ReplicaSet(name, two, new ReplicaBreakers(meters), new ReplicaMetrics(meters)),
                DataSize.ofBytes(1),
                2,
                Duration.ZERO,
                Duration.ZERO);
    }

    private static ReplicaAddress address(int number) {
        return new ReplicaAddress(URI.create("http://r" + number + ":80"), URI.create("http://r" + number + ":1080"));
    }

    private Attempt begin() {
        return text.replicas().begin(Set.of()).orElseThrow();
    }

    private Attempt sent() {
        Attempt attempt = begin();
        attempt.sent();
        return attempt;
    }

    @Test
    void whatItsReplicasTogetherHaveTooManyOfIsRefusedUntilOneIsAnswered() {
        Attempt first = sent();
        Attempt onItsWay = begin();
        assertThat(post("/translate").subscribe().isDisposed()).isFalse();
        Attempt second = sent();
        assertRefused(post("/translate"));
        assertRefused(post("/v1/completions"));
        first.answered();
        Disposable next = post("/translate").subscribe();
        assertThat(next.isDisposed()).isFalse();
        onItsWay.sent();
        assertRefused(post("/translate"));
        onItsWay.failed(new ConnectException());
        onItsWay.sent();
        second.end();
        second.end();
        first.end();
        assertThat(post("/translate").subscribe().isDisposed()).isFalse();
        sent();
        assertThat(post("/translate").subscribe().isDisposed()).isFalse();
        sent();
        assertRefused(post("/translate"));
        answered.tryEmitEmpty();
        assertThat(next.isDisposed()).isTrue();
    }

    @Test
    void theOtherServiceAndWhatComputesNothingPass() {
        sent();
        sent();
        Disposable vision = post("/v1/vision/classifications").subscribe();
        Disposable languages = send(MockServerHttpRequest.get("/translate")).subscribe();
        Disposable files = post("/v1/files").subscribe();
        assertThat(List.of(vision, languages, files)).noneMatch(Disposable::isDisposed);
    }
}
