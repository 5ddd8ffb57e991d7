package dev.triptych.gateway.routing;

import dev.triptych.gateway.limits.BodyLimitFilter;
import dev.triptych.gateway.limits.TokenMeter;
import dev.triptych.gateway.upstream.ServiceName;
import dev.triptych.gateway.upstream.UpstreamService;
import java.util.List;
import java.util.Map;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.Buildable;
import org.springframework.cloud.gateway.route.builder.PredicateSpec;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.web.reactive.function.client.WebClient;

/** Turns the table of paths and the known services into Spring Cloud Gateway's routes. */
public final class RoutePlan {

    /** Outside the filter that writes the response, so that it writes through the guard. */
    private static final int GUARD_ORDER = NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 1;

    /** A route must have an address; the replica's takes its place. */
    private static final String ANY_REPLICA = "http://replica.invalid";

    private RoutePlan() {}

    /**
     * What routes have in common.
     *
     * @param modelAdminKey what text-service asks for where models are loaded and unloaded; empty: nothing
     * @param client        for what one replica has done and the others have to do
     */
    public record Surroundings(String modelAdminKey, TokenMeter tokenMeter, HeldBodies bodies, WebClient client) {}

    public static RouteLocator build(
            RouteLocatorBuilder builder,
            List<ServiceRoute> table,
            Map<ServiceName, UpstreamService> services,
            Surroundings surroundings) {
        RouteLocatorBuilder.Builder routes = builder.routes();
        for (ServiceRoute route : table) {
            UpstreamService service = services.get(route.service());
            if (service == null) {
                throw new IllegalArgumentException("no address for " + route.service());
            }
            routes.route(route.id(), predicate -> build(predicate, route, service, surroundings));
        }
        return routes.build();
    }

    private static Buildable<Route> build(
            PredicateSpec predicate, ServiceRoute route, UpstreamService service, Surroundings surroundings) {
        return predicate
                .path(route.pattern())
                .and()
                .predicate(exchange -> !route.byModel() || ModelOwnerFilter.isOwner(route.service(), exchange))
                .filters(filters -> (route.keepsHost() ? filters.preserveHostHeader() : filters)
                        .filter(surroundings.tokenMeter(), GUARD_ORDER - 1)
                        .filter(new UpstreamGuard(service), GUARD_ORDER)
                        .filter(new RouteEntryFilter(route))
                        .filter(new ModelAdminFilter(route.administers() ? surroundings.modelAdminKey() : ""))
                        .filter(new BodyLimitFilter(service.maxBody()))
                        .filter(new ReplicaFilter(service, route, surroundings), ReplicaFilter.ORDER))
                .metadata(
                        RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR,
                        service.responseTimeout().toMillis())
                .uri(ANY_REPLICA);
    }
}
