package dev.triptych.gateway.access;

import dev.triptych.gateway.access.AccessRules.Need;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Lets nobody in without a key that is good for the path, once the gateway asks for keys. Whoever comes later finds the
 * {@link Caller} in the exchange and no secret in the request. Runs on event loops and waits for the store nowhere.
 */
public final class AccessFilter implements WebFilter, Ordered {

    /** Behind the request's id and its observation, before everything that does work. */
    public static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 1000;

    private static final Logger LOG = LoggerFactory.getLogger(AccessFilter.class);

    private static final String SCOPES = "triptych.scopes";
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final Credentials credentials;
    private final AuditLog audit;

    public AccessFilter(Credentials credentials, AuditLog audit) {
        this.credentials = credentials;
        this.audit = audit;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return credentials
                .areNeeded()
                .onErrorMap(AccessFilter::storeIsAway)
                .flatMap(needed -> needed
                        ? audit.around(exchange, admit(exchange).flatMap(chain::filter))
                        : chain.filter(with(exchange, Caller.ANYBODY)));
    }

    /** What the path asked for: at least one of these; empty where it asked for no scope, or nobody had to be asked. */
    public static Set<Scope> scopesOf(ServerWebExchange exchange) {
        return exchange.getAttributeOrDefault(SCOPES, Set.of());
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    private Mono<ServerWebExchange> admit(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        Need need = AccessRules.of(request.getPath().pathWithinApplication());
        exchange.getAttributes().put(SCOPES, need.oneOf());
        if (need.open()) {
            return Mono.just(with(withoutSecret(exchange, request), Caller.STRANGER));
        }
        String secret = Credentials.bearer(request.getHeaders());
        if (secret == null && BodyKey.mayHaveOne(request)) {
            return BodyKey.read(request)
                    .flatMap(read ->
                            check(exchange, read.key(), need).map(caller -> withoutSecret(exchange, read.request())));
        }
        return check(exchange, secret, need).map(caller -> withoutSecret(exchange, request));
    }

    private Mono<Caller> check(ServerWebExchange exchange, @Nullable String secret, Need need) {
        if (secret == null) {
            return Mono.error(unauthorized("A key is needed here: send Authorization: Bearer and the key."));
        }
        return credentials
                .caller(secret)
                .onErrorMap(AccessFilter::storeIsAway)
                .switchIfEmpty(Mono.error(() -> unauthorized("The key is not a good one, or not any more.")))
                .doOnNext(caller -> exchange.getAttributes().put(Caller.ATTRIBUTE, caller))
                .flatMap(caller -> need.isMetBy(caller) ? Mono.just(caller) : Mono.error(forbidden(need)));
    }

    private static ServerWebExchange with(ServerWebExchange exchange, Caller caller) {
        exchange.getAttributes().put(Caller.ATTRIBUTE, caller);
        return exchange;
    }

    /** No service needs the key, so none can tell it. */
    private static ServerWebExchange withoutSecret(ServerWebExchange exchange, ServerHttpRequest request) {
        if (request == exchange.getRequest() && !request.getHeaders().containsHeader(HttpHeaders.AUTHORIZATION)) {
            return exchange;
        }
        return exchange.mutate()
                .request(request.mutate()
                        .headers(headers -> headers.remove(HttpHeaders.AUTHORIZATION))
                        .build())
                .build();
    }

    private static TriptychException unauthorized(String message) {
        return new TriptychException.Rejected(ErrorCode.UNAUTHORIZED, null, message);
    }

    private static TriptychException forbidden(Need need) {
        return new TriptychException.Rejected(
                ErrorCode.FORBIDDEN, null, "The key lacks the scope " + Credentials.names(need.oneOf()) + ".");
    }

    private static Throwable storeIsAway(Throwable error) {
        if (error instanceof TriptychException) {
            return error;
        }
        LOG.warn("keys cannot be looked up: {}", error.toString());
        return new TriptychException.Overloaded(
                ErrorCode.UNAVAILABLE, RETRY_AFTER, "Keys cannot be looked up now; try again shortly.");
    }
}
