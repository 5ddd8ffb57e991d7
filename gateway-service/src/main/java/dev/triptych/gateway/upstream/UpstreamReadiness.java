package dev.triptych.gateway.upstream;

import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import reactor.core.publisher.Mono;

/** Whether one service has a replica whose last probe said that it is ready. Asks nobody. */
public final class UpstreamReadiness implements ReactiveHealthIndicator {

    private final ReplicaSet replicas;

    public UpstreamReadiness(ReplicaSet replicas) {
        this.replicas = replicas;
    }

    @Override
    public Mono<Health> health() {
        return Mono.fromSupplier(this::now);
    }

    private Health now() {
        List<Replica> all = replicas.all();
        long ready = all.stream().filter(Replica::isReady).count();
        return (ready > 0
                        ? Health.up()
                        : Health.outOfService()
                                .withDetail("reason", all.getFirst().reason()))
                .withDetail("replicas", all.size())
                .withDetail("ready", ready)
                .build();
    }
}
