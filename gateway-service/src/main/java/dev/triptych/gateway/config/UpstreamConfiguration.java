package dev.triptych.gateway.config;

import dev.triptych.gateway.upstream.ReplicaAddress;
import dev.triptych.gateway.upstream.ReplicaAddresses;
import dev.triptych.gateway.upstream.ReplicaBreakers;
import dev.triptych.gateway.upstream.ReplicaMetrics;
import dev.triptych.gateway.upstream.ReplicaSet;
import dev.triptych.gateway.upstream.ReplicaWatch;
import dev.triptych.gateway.upstream.ServiceName;
import dev.triptych.gateway.upstream.UpstreamReadiness;
import dev.triptych.gateway.upstream.UpstreamService;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.CompositeReactiveHealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Wires the services behind the gateway: their replicas, and what keeps them up to date. */
@Configuration(proxyBeanMethods = false)
class UpstreamConfiguration {

    @Bean
    UpstreamServices upstreamServices(GatewayProperties properties, MeterRegistry registry) {
        ReplicaBreakers breakers = new ReplicaBreakers(registry);
        ReplicaMetrics metrics = new ReplicaMetrics(registry);
        Map<ServiceName, UpstreamService> services = new EnumMap<>(ServiceName.class);
        for (ServiceName name : ServiceName.values()) {
            GatewayProperties.Service settings = settings(properties, name);
            services.put(
                    name,
                    new UpstreamService(
                            name,
                            new ReplicaSet(name, addresses(name, settings), breakers, metrics),
                            settings.maxBody(),
                            properties.gateway().maxOutstanding(),
                            settings.responseTimeout(),
                            settings.streamIdleTimeout()));
        }
        return new UpstreamServices(services);
    }

    /** The health component {@code services}, which the readiness group includes. */
    @Bean("services")
    CompositeReactiveHealthContributor serviceReadiness(UpstreamServices services) {
        Map<String, UpstreamReadiness> probes = new LinkedHashMap<>();
        services.byName().forEach((name, service) -> probes.put(name.key(), new UpstreamReadiness(service.replicas())));
        return CompositeReactiveHealthContributor.fromMap(probes);
    }

    /** Of its own, so that nothing that others do on a timer holds the probes up. */
    @Bean(destroyMethod = "dispose")
    Scheduler replicaTimer() {
        return Schedulers.newSingle("replicas", true);
    }

    @Bean
    ReplicaWatch textReplicas(
            UpstreamServices services, WebClient client, GatewayProperties properties, Scheduler replicaTimer) {
        return watch(ServiceName.TEXT, services, client, properties, replicaTimer);
    }

    @Bean
    ReplicaWatch visionReplicas(
            UpstreamServices services, WebClient client, GatewayProperties properties, Scheduler replicaTimer) {
        return watch(ServiceName.VISION, services, client, properties, replicaTimer);
    }

    private static ReplicaWatch watch(
            ServiceName name,
            UpstreamServices services,
            WebClient client,
            GatewayProperties properties,
            Scheduler timer) {
        GatewayProperties.Gateway own = properties.gateway();
        return new ReplicaWatch(
                services.of(name),
                new ReplicaAddresses(addresses(name, settings(properties, name)), InetAddress::getAllByName),
                // Probes belong to nobody's request: each would be a trace of its own.
                client.mutate().observationRegistry(ObservationRegistry.NOOP).build(),
                new ReplicaWatch.Pace(own.readinessInterval(), own.readinessTimeout(), own.resolveInterval()),
                timer);
    }

    private static GatewayProperties.Service settings(GatewayProperties properties, ServiceName name) {
        return switch (name) {
            case TEXT -> properties.services().text();
            case VISION -> properties.services().vision();
        };
    }

    private static List<ReplicaAddress> addresses(ServiceName name, GatewayProperties.Service settings) {
        List<URI> urls = settings.url();
        List<URI> probes = settings.managementUrl().isEmpty()
                ? urls.stream().map(ManagementPort::companionOf).toList()
                : settings.managementUrl();
        if (probes.size() != urls.size()) {
            throw new IllegalArgumentException(
                    "triptych.services.%s.management-url must have as many addresses as url, %d, got %d"
                            .formatted(name.key(), urls.size(), probes.size()));
        }
        List<ReplicaAddress> addresses = new ArrayList<>();
        for (int i = 0; i < urls.size(); i++) {
            addresses.add(new ReplicaAddress(urls.get(i), probes.get(i)));
        }
        return addresses;
    }

    /** A type of its own, since Spring reads a bare map as all beans by name. */
    record UpstreamServices(Map<ServiceName, UpstreamService> byName) {

        UpstreamService of(ServiceName name) {
            UpstreamService service = byName.get(name);
            if (service == null) {
                throw new IllegalArgumentException("no address for " + name);
            }
            return service;
        }
    }
}
