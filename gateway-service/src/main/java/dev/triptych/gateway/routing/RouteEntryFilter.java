package dev.triptych.gateway.routing;

import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Names the route for metrics and refuses methods that its path does not take. */
final class RouteEntryFilter implements GatewayFilter {

    private final ServiceRoute route;

    RouteEntryFilter(ServiceRoute route) {
        this.route = route;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        ServerRequestObservationContext.findCurrent(exchange.getAttributes())
                .ifPresent(context -> context.setPathPattern(route.pattern()));
        if (!route.methods().contains(exchange.getRequest().getMethod())) {
            return Mono.error(
                    new MethodNotAllowedException(exchange.getRequest().getMethod(), route.methods()));
        }
        return chain.filter(exchange);
    }
}
