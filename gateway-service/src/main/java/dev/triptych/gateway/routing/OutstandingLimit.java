package dev.triptych.gateway.routing;

import dev.triptych.gateway.access.AccessFilter;
import dev.triptych.gateway.upstream.ServiceName;
import dev.triptych.gateway.upstream.UpstreamService;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * Refuses posts to a service that has enough to do before anything else is done with them: under overload every refusal
 * takes processor time from those who were admitted. Paths that a model's name gives to a service are left to the route:
 * who owns it is not known that early. Runs on event loops.
 */
public final class OutstandingLimit implements WebFilter, Ordered {

    private final List<Posts> posts;

    private record Posts(PathPattern paths, UpstreamService service) {}

    public OutstandingLimit(List<ServiceRoute> table, Map<ServiceName, UpstreamService> services) {
        this.posts = table.stream()
                .filter(route -> route.methods().contains(HttpMethod.POST) && !route.byModel())
                .map(route -> new Posts(
                        PathPatternParser.defaultInstance.parse(route.pattern()),
                        Objects.requireNonNull(services.get(route.service()))))
                .toList();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (exchange.getRequest().getMethod() != HttpMethod.POST) {
            return chain.filter(exchange);
        }
        PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
        for (Posts each : posts) {
            if (each.paths().matches(path)) {
                return Mono.defer(() -> {
                    each.service().checkRoom();
                    return chain.filter(exchange);
                });
            }
        }
        return chain.filter(exchange);
    }

    /** Before who the caller is, which may have to be looked up. */
    @Override
    public int getOrder() {
        return AccessFilter.ORDER - 1;
    }
}
