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

/** Turns the table of paths and the known services into Spring Cloud Gateway's routes. */
public final class RoutePlan {

    /** Outside the filter that writes the response, so that it writes through the guard. */
    private static final int GUARD_ORDER = NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 1;

    private RoutePlan() {}

    /** @param modelAdminKey what text-service asks for where models are loaded and unloaded; empty: nothing */
    public static RouteLocator build(
            RouteLocatorBuilder builder,
            List<ServiceRoute> table,
            Map<ServiceName, UpstreamService> services,
            String modelAdminKey,
            TokenMeter tokenMeter) {
        RouteLocatorBuilder.Builder routes = builder.routes();
        for (ServiceRoute route : table) {
            UpstreamService service = services.get(route.service());
            if (service == null) {
                throw new IllegalArgumentException("no address for " + route.service());
            }
            routes.route(route.id(), predicate -> build(predicate, route, service, modelAdminKey, tokenMeter));
        }
        return routes.build();
    }

    private static Buildable<Route> build(
            PredicateSpec predicate,
            ServiceRoute route,
            UpstreamService service,
            String modelAdminKey,
            TokenMeter tokenMeter) {
        return predicate
                .path(route.pattern())
                .and()
                .predicate(exchange -> !route.byModel() || ModelOwnerFilter.isOwner(route.service(), exchange))
                .filters(filters -> (route.keepsHost() ? filters.preserveHostHeader() : filters)
                        .filter(tokenMeter, GUARD_ORDER - 1)
                        .filter(new UpstreamGuard(service), GUARD_ORDER)
                        .filter(new RouteEntryFilter(route))
                        .filter(new ModelAdminFilter(route.administers() ? modelAdminKey : ""))
                        .filter(new BodyLimitFilter(service.maxBody())))
                .metadata(
                        RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR,
                        service.responseTimeout().toMillis())
                .uri(service.url());
    }
}
