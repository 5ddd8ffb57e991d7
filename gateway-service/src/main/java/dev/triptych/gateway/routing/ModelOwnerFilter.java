package dev.triptych.gateway.routing;

import dev.triptych.gateway.models.ModelOwners;
import dev.triptych.gateway.telemetry.RequestIdFilter;
import dev.triptych.gateway.upstream.ServiceName;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.http.server.PathContainer;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * Finds the service of the model that a path names, before routes are chosen. It is no route predicate because what goes
 * wrong in those counts as "does not match".
 */
public final class ModelOwnerFilter implements WebFilter, Ordered {

    private static final String OWNER = ModelOwnerFilter.class.getName();

    private static final String MODEL = "model";

    private static final List<PathPattern> PATHS = ServiceRoute.ALL.stream()
            .filter(ServiceRoute::byModel)
            .map(ServiceRoute::pattern)
            .distinct()
            .map(PathPatternParser.defaultInstance::parse)
            .toList();

    private final ModelOwners owners;

    public ModelOwnerFilter(ModelOwners owners) {
        this.owners = owners;
    }

    /** Whether the exchange's path names a model of that service. */
    static boolean isOwner(ServiceName service, ServerWebExchange exchange) {
        return service == exchange.getAttribute(OWNER);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
        for (PathPattern pattern : PATHS) {
            PathPattern.PathMatchInfo match = pattern.matchAndExtract(path);
            if (match != null) {
                String model = match.getUriVariables().getOrDefault(MODEL, "");
                return owners.of(model, RequestIdFilter.of(exchange.getResponse()))
                        .doOnNext(owner -> exchange.getAttributes().put(OWNER, owner))
                        .then(Mono.defer(() -> chain.filter(exchange)));
            }
        }
        return chain.filter(exchange);
    }

    /** Last of all: who may not ask at all asks no service either. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
