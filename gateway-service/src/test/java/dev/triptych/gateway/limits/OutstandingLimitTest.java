package dev.triptych.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class OutstandingLimitTest {

    private static final PathPatternParser PATTERNS = new PathPatternParser();

    private final OutstandingLimit filter = new OutstandingLimit(
            2,
            Map.of(
                    "text-service", List.of(PATTERNS.parse("/translate"), PATTERNS.parse("/v1/completions")),
                    "vision-service", List.of(PATTERNS.parse("/v1/vision/{*task}"))));
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

    @Test
    void whatAServiceHasTooManyOfIsRefusedUntilOneIsAnswered() {
        OutstandingLimit.Service text = filter.of("text-service");
        text.begin();
        assertThat(post("/translate").subscribe().isDisposed()).isFalse();
        text.begin();
        assertRefused(post("/translate"));
        assertRefused(post("/v1/completions"));
        text.end();
        Disposable next = post("/translate").subscribe();
        assertThat(next.isDisposed()).isFalse();
        answered.tryEmitEmpty();
        assertThat(next.isDisposed()).isTrue();
    }

    @Test
    void theOtherServiceAndWhatComputesNothingPass() {
        filter.of("text-service").begin();
        filter.of("text-service").begin();
        Disposable vision = post("/v1/vision/classifications").subscribe();
        Disposable languages = send(MockServerHttpRequest.get("/translate")).subscribe();
        Disposable files = post("/v1/files").subscribe();
        assertThat(List.of(vision, languages, files)).noneMatch(Disposable::isDisposed);
    }
}
