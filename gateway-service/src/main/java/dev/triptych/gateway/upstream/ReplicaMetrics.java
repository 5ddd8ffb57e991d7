package dev.triptych.gateway.upstream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** Counts what the gateway does with replicas, which metrics know by numbers and not by addresses. */
public final class ReplicaMetrics {

    private static final String SERVICE = "service";

    private final MeterRegistry registry;
    private final Map<ServiceName, MultiGauge> outstanding = new ConcurrentHashMap<>();
    private final Map<ServiceName, MultiGauge> ready = new ConcurrentHashMap<>();

    public ReplicaMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void watch(ServiceName service, List<Replica> replicas) {
        gauge(outstanding, service, "triptych.upstream.outstanding", "requests of this gateway that have not ended")
                .register(rows(replicas, Replica::outstanding), true);
        gauge(ready, service, "triptych.upstream.ready", "1 where the replica's last probe said ready")
                .register(rows(replicas, replica -> replica.isReady() ? 1 : 0), true);
    }

    private MultiGauge gauge(Map<ServiceName, MultiGauge> known, ServiceName service, String name, String meaning) {
        return known.computeIfAbsent(
                service,
                key -> MultiGauge.builder(name)
                        .description(meaning)
                        .tag(SERVICE, service.key())
                        .register(registry));
    }

    private static List<MultiGauge.Row<?>> rows(List<Replica> replicas, ToDoubleFunction<Replica> value) {
        return replicas.stream()
                .<MultiGauge.Row<?>>map(replica ->
                        MultiGauge.Row.of(Tags.of("replica", Integer.toString(replica.number())), replica, value))
                .toList();
    }

    void ejected(ServiceName service) {
        registry.counter("triptych.upstream.ejections", SERVICE, service.key()).increment();
    }

    void sentAgain(ServiceName service) {
        registry.counter("triptych.upstream.resends", SERVICE, service.key()).increment();
    }
}
