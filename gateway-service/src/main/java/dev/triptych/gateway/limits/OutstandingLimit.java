package dev.triptych.gateway.limits;

import dev.triptych.gateway.access.AccessFilter;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.Mono;

/**
 * Bounds how many requests a service has from this gateway at a time. What is over it is refused before anything else
 * is done with it: under overload every refusal takes processor time from those who were admitted. Runs on event loops.
 */
public final class OutstandingLimit implements WebFilter, Ordered {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final int limit;
    private final Map<String, List<PathPattern>> paths;
    private final Map<String, AtomicInteger> outstanding = new HashMap<>();

    /**
     * @param limit requests of one service
     * @param paths which posts are a service's, by its name
     */
    public OutstandingLimit(int limit, Map<String, List<PathPattern>> paths) {
        this.limit = limit;
        this.paths = paths;
        paths.keySet().forEach(service -> outstanding.put(service, new AtomicInteger()));
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (exchange.getRequest().getMethod() != HttpMethod.POST) {
            return chain.filter(exchange);
        }
        PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
        for (Map.Entry<String, List<PathPattern>> service : paths.entrySet()) {
            if (service.getValue().stream().anyMatch(pattern -> pattern.matches(path))) {
                return counted(service.getKey(), exchange, chain);
            }
        }
        return chain.filter(exchange);
    }

    private Mono<Void> counted(String service, ServerWebExchange exchange, WebFilterChain chain) {
        AtomicInteger count = outstanding.getOrDefault(service, new AtomicInteger());
        if (count.incrementAndGet() > limit) {
            count.decrementAndGet();
            return Mono.error(new TriptychException.Overloaded(
                    ErrorCode.OVERLOADED,
                    RETRY_AFTER,
                    "%s has %d requests from here already; try again in %d s."
                            .formatted(service, limit, RETRY_AFTER.toSeconds())));
        }
        return chain.filter(exchange).doFinally(signal -> count.decrementAndGet());
    }

    /** Before who the caller is, which may have to be looked up. */
    @Override
    public int getOrder() {
        return AccessFilter.ORDER - 1;
    }
}
