package dev.triptych.gateway.routing;

import dev.triptych.gateway.access.Caller;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Shows the service its own key, where the caller's was checked and taken off at the door. */
final class ModelAdminFilter implements GatewayFilter {

    private final String key;

    ModelAdminFilter(String key) {
        this.key = key;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        if (key.isEmpty() || !Caller.of(exchange).known()) {
            return chain.filter(exchange);
        }
        return chain.filter(exchange.mutate()
                .request(exchange.getRequest()
                        .mutate()
                        .header(HttpHeaders.AUTHORIZATION, "Bearer " + key)
                        .build())
                .build());
    }
}
