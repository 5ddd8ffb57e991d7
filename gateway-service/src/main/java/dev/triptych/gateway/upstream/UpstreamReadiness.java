package dev.triptych.gateway.upstream;

import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Whether one service answers its readiness probe. The answer is kept for a moment, so that many probes of the gateway
 * cost the service one call; a probe that gets no answer within the deadline counts as not ready. Never blocks.
 */
public final class UpstreamReadiness implements ReactiveHealthIndicator {

    private static final String PROBE = "/actuator/health/readiness";

    private final Mono<Health> health;

    /**
     * @param deadline how long the service may take to answer
     * @param kept     how long an answer is reused
     * @param timer    tells both times
     */
    public UpstreamReadiness(
            UpstreamService service, WebClient client, Duration deadline, Duration kept, Scheduler timer) {
        this.health = client.get()
                .uri(service.managementUrl() + PROBE)
                .exchangeToMono(UpstreamReadiness::read)
                .timeout(deadline, timer)
                .onErrorResume(e -> Mono.just(
                        notReady(NestedExceptionUtils.getMostSpecificCause(e).toString())))
                .cache(kept, timer);
    }

    @Override
    public Mono<Health> health() {
        return health;
    }

    private static Mono<Health> read(ClientResponse response) {
        boolean ready = response.statusCode().is2xxSuccessful();
        Health health = ready
                ? Health.up().build()
                : notReady("HTTP " + response.statusCode().value());
        return response.releaseBody().thenReturn(health);
    }

    private static Health notReady(String reason) {
        return Health.outOfService().withDetail("reason", reason).build();
    }
}
