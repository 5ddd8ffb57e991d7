package dev.triptych.gateway.limits;

import dev.triptych.gateway.access.AccessFilter;
import dev.triptych.gateway.access.Caller;
import dev.triptych.gateway.access.Scope;
import dev.triptych.gateway.limits.Quotas.Standing;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Refuses what is over its key's limits, and tells each answer's client where it stands, in the headers that OpenAI has
 * for it. Counts what computes something: posts to paths of texts and pictures. Runs on event loops.
 */
public final class QuotaFilter implements WebFilter, Ordered {

    private static final Logger LOG = LoggerFactory.getLogger(QuotaFilter.class);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final double MILLIS = 1000;

    private final Quotas quotas;

    public QuotaFilter(Quotas quotas) {
        this.quotas = quotas;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        List<LimitUnit> units = units(exchange);
        if (units.isEmpty()) {
            return chain.filter(exchange);
        }
        Caller caller = Caller.of(exchange);
        return Flux.fromIterable(units)
                .concatMap(unit -> quotas.begin(caller, unit)
                        .onErrorMap(QuotaFilter::storeIsAway)
                        .doOnNext(standing -> tell(exchange, standing))
                        .filter(standing -> !standing.granted())
                        .flatMap(standing -> Mono.error(over(standing))))
                .then(Mono.defer(() -> chain.filter(exchange)));
    }

    @Override
    public int getOrder() {
        return AccessFilter.ORDER + 1;
    }

    private static List<LimitUnit> units(ServerWebExchange exchange) {
        Set<Scope> scopes = AccessFilter.scopesOf(exchange);
        if (exchange.getRequest().getMethod() != HttpMethod.POST) {
            return List.of();
        }
        if (scopes.equals(Set.of(Scope.VISION))) {
            return List.of(LimitUnit.REQUESTS, LimitUnit.IMAGES);
        }
        return scopes.contains(Scope.TEXT) ? List.of(LimitUnit.REQUESTS, LimitUnit.TOKENS) : List.of();
    }

    /** Last of all, so that neither a service's answer nor an error's takes them away. */
    private static void tell(ServerWebExchange exchange, Standing standing) {
        String unit = standing.unit().key();
        exchange.getResponse()
                .beforeCommit(() -> Mono.fromRunnable(() -> {
                    HttpHeaders headers = exchange.getResponse().getHeaders();
                    headers.set("x-ratelimit-limit-" + unit, Long.toString(standing.limit()));
                    headers.set("x-ratelimit-remaining-" + unit, Long.toString(standing.remaining()));
                    headers.set("x-ratelimit-reset-" + unit, seconds(standing.reset()));
                }));
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.3fs", duration.toMillis() / MILLIS);
    }

    private static TriptychException over(Standing standing) {
        Duration wait = Duration.ofSeconds(
                Math.max(1, standing.untilNext().plusMillis(999).toSeconds()));
        return new TriptychException.Overloaded(
                ErrorCode.OVERLOADED,
                wait,
                "The key's limit of %d %s a minute is used up; try again in %d s."
                        .formatted(standing.limit(), standing.unit().key(), wait.toSeconds()));
    }

    private static Throwable storeIsAway(Throwable error) {
        if (error instanceof TriptychException) {
            return error;
        }
        LOG.warn("limits cannot be looked up: {}", error.toString());
        return new TriptychException.Overloaded(
                ErrorCode.UNAVAILABLE, RETRY_AFTER, "Limits cannot be looked up now; try again shortly.");
    }
}
