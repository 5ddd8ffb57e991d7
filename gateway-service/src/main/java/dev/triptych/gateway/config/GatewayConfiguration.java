package dev.triptych.gateway.config;

import dev.triptych.gateway.config.UpstreamConfiguration.UpstreamServices;
import dev.triptych.gateway.docs.DocsController;
import dev.triptych.gateway.errors.ErrorAnswer;
import dev.triptych.gateway.inference.InferenceCalls;
import dev.triptych.gateway.inference.InferenceService;
import dev.triptych.gateway.inference.SuiteState;
import dev.triptych.gateway.limits.TokenMeter;
import dev.triptych.gateway.models.ModelDirectory;
import dev.triptych.gateway.models.ModelOwners;
import dev.triptych.gateway.models.ModelSource;
import dev.triptych.gateway.playground.Playground;
import dev.triptych.gateway.routing.HeldBodies;
import dev.triptych.gateway.routing.ModelOwnerFilter;
import dev.triptych.gateway.routing.OutstandingLimit;
import dev.triptych.gateway.routing.RoutePlan;
import dev.triptych.gateway.routing.ServiceRoute;
import dev.triptych.gateway.telemetry.RequestIdFilter;
import dev.triptych.gateway.telemetry.TraceParents;
import io.grpc.BindableService;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.netty.channel.ChannelOption;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.contributor.CompositeReactiveHealthContributor;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.info.BuildProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;

/** Puts the gateway together. */
@Configuration(proxyBeanMethods = false)
class GatewayConfiguration {

    /** Room for the descriptions of some thousand models. */
    private static final int MAX_MODEL_LIST_BYTES = 4 * 1024 * 1024;

    /** Of the outputs of one bare graph. */
    private static final int MAX_ANSWER_BYTES = 64 * 1024 * 1024;

    @Bean
    RouteLocator serviceRoutes(
            RouteLocatorBuilder builder,
            UpstreamServices services,
            GatewayProperties properties,
            TokenMeter tokenMeter,
            WebClient serviceClient) {
        return RoutePlan.build(
                builder,
                ServiceRoute.ALL,
                services.byName(),
                new RoutePlan.Surroundings(
                        properties.access().modelAdminKey(),
                        tokenMeter,
                        new HeldBodies(
                                properties.gateway().resendBody(),
                                properties.gateway().resendMemory()),
                        serviceClient));
    }

    @Bean
    OutstandingLimit outstandingLimit(UpstreamServices services) {
        return new OutstandingLimit(ServiceRoute.ALL, services.byName());
    }

    @Bean
    HttpClientCustomizer connectTimeout(GatewayProperties properties) {
        return client -> withConnectTimeout(client, properties);
    }

    /** For the gateway's own questions to the services. */
    @Bean
    WebClient serviceClient(GatewayProperties properties, ObservationRegistry observations) {
        HttpClient client = withConnectTimeout(HttpClient.create(), properties);
        return WebClient.builder()
                .observationRegistry(observations)
                .clientConnector(new ReactorClientHttpConnector(client))
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(MAX_MODEL_LIST_BYTES))
                .build();
    }

    @Bean
    ModelDirectory modelDirectory(UpstreamServices services, WebClient client, GatewayProperties properties) {
        return new ModelDirectory(modelSources(services, client, properties));
    }

    @Bean
    ModelOwners modelOwners(UpstreamServices services, WebClient client, GatewayProperties properties) {
        return new ModelOwners(
                modelSources(services, client, properties), properties.gateway().readinessInterval());
    }

    @Bean
    ModelOwnerFilter modelOwnerFilter(ModelOwners owners) {
        return new ModelOwnerFilter(owners);
    }

    private static List<ModelSource> modelSources(
            UpstreamServices services, WebClient client, GatewayProperties properties) {
        return services.byName().values().stream()
                .map(service ->
                        new ModelSource(service, client, properties.gateway().modelsTimeout()))
                .toList();
    }

    /** Ready by the same signs as the probe of the management port. */
    @Bean
    SuiteState suiteState(
            @Qualifier("services") CompositeReactiveHealthContributor services,
            ApplicationAvailability availability,
            ObjectProvider<BuildProperties> build) {
        List<ReactiveHealthIndicator> probes = services.stream()
                .map(CompositeReactiveHealthContributor.Entry::contributor)
                .filter(ReactiveHealthIndicator.class::isInstance)
                .map(ReactiveHealthIndicator.class::cast)
                .toList();
        BuildProperties properties = build.getIfAvailable();
        return new SuiteState(
                properties == null ? "dev" : String.valueOf(properties.getVersion()),
                () -> Flux.fromIterable(probes)
                        .flatMap(ReactiveHealthIndicator::health)
                        .all(health -> health.getStatus().equals(Status.UP))
                        .map(all -> all && availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC));
    }

    @Bean
    DocsController docsController(
            UpstreamServices services, WebClient client, GatewayProperties properties, SuiteState suite) {
        return new DocsController(
                List.copyOf(services.byName().values()),
                client,
                properties.gateway().modelsTimeout(),
                suite.version());
    }

    @Bean
    BindableService inferenceService(SuiteState suite, Environment environment, GatewayProperties properties) {
        WebClient client = WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(withConnectTimeout(HttpClient.create(), properties)))
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(MAX_ANSWER_BYTES))
                .build();
        return new InferenceService(
                suite,
                new InferenceCalls(
                        client,
                        () -> "http://" + environment.getProperty("server.address", "127.0.0.1") + ":"
                                + environment.getRequiredProperty("local.server.port"),
                        properties.services().vision().responseTimeout()));
    }

    @Bean
    RouterFunction<ServerResponse> playground() {
        return Playground.load().routes();
    }

    @Bean
    RequestIdFilter requestIdFilter() {
        return new RequestIdFilter();
    }

    @Bean
    TraceParents traceParents(ObjectProvider<Tracer> tracer) {
        return new TraceParents(tracer.getIfAvailable());
    }

    @Bean
    ErrorAnswer errorAnswer() {
        return new ErrorAnswer();
    }

    /** Addresses do not belong into labels; the route's id says as much. */
    @Bean
    MeterFilter withoutAddresses() {
        return MeterFilter.ignoreTags("routeUri", "spring.cloud.gateway.route.uri");
    }

    static HttpClient withConnectTimeout(HttpClient client, GatewayProperties properties) {
        return client.option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(properties.gateway().connectTimeout().toMillis()));
    }
}
