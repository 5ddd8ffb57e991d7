package dev.triptych.gateway.limits;

import dev.triptych.gateway.access.AccessFilter;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
 * Bounds how many requests a service has from this gateway whose answers have not begun. What is over it is refused
 * before anything else is done with it: under overload every refusal takes processor time from those who were admitted.
 * Neither a body that is still on its way nor a stream that has begun counts, so that clients who are slow at either do
 * not use the bound up. Runs on event loops.
 */
public final class OutstandingLimit implements WebFilter, Ordered {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final int limit;
    private final Map<String, List<PathPattern>> paths;
    private final Map<String, Service> services = new ConcurrentHashMap<>();

    /**
     * @param limit requests of one service
     * @param paths which posts are a service's, by its name
     */
    public OutstandingLimit(int limit, Map<String, List<PathPattern>> paths) {
        this.limit = limit;
        this.paths = paths;
    }

    /** One service's count. */
    public final class Service {

        private final String name;
        private final AtomicInteger outstanding = new AtomicInteger();

        private Service(String name) {
            this.name = name;
        }

        /** A whole request goes to the service; {@link #end} follows once its answer begins or will not come. */
        public void begin() {
            outstanding.incrementAndGet();
        }

        public void end() {
            outstanding.decrementAndGet();
        }

        /** @throws TriptychException.Overloaded where the service has enough to do */
        public void check() {
            if (outstanding.get() >= limit) {
                throw new TriptychException.Overloaded(
                        ErrorCode.OVERLOADED,
                        RETRY_AFTER,
                        "%s has %d requests from here already; try again in %d s."
                                .formatted(name, limit, RETRY_AFTER.toSeconds()));
            }
        }
    }

    /** @param name as in the paths */
    public Service of(String name) {
        return services.computeIfAbsent(name, Service::new);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (exchange.getRequest().getMethod() != HttpMethod.POST) {
            return chain.filter(exchange);
        }
        PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
        for (Map.Entry<String, List<PathPattern>> service : paths.entrySet()) {
            if (service.getValue().stream().anyMatch(pattern -> pattern.matches(path))) {
                return Mono.defer(() -> {
                    of(service.getKey()).check();
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
