package dev.triptych.gateway.telemetry;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Gives every request one id: the client's where it is safe to log, a new one otherwise. The id goes on to the service
 * and back to the client on every answer, errors included.
 */
public final class RequestIdFilter implements WebFilter, Ordered {

    public static final String HEADER = "X-Request-Id";

    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    /** The id of the request that {@code response} answers. */
    public static String of(ServerHttpResponse response) {
        String id = response.getHeaders().getFirst(HEADER);
        return id == null ? "" : id;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        String id = accept(request.getHeaders().get(HEADER));
        HttpHeaders answer = exchange.getResponse().getHeaders();
        answer.set(HEADER, id);
        // A service that answers with an id of its own must not add a second one.
        exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(() -> answer.set(HEADER, id)));
        return chain.filter(exchange.mutate()
                .request(request.mutate().header(HEADER, id).build())
                .build());
    }

    /** First of all, so that whatever a later filter refuses carries an id. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    static String accept(@Nullable List<String> given) {
        return given != null
                        && given.size() == 1
                        && SAFE.matcher(given.getFirst()).matches()
                ? given.getFirst()
                : next();
    }

    /** Unique, not secret: a secure generator may block the event loop. */
    private static String next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return "%016x%016x".formatted(random.nextLong(), random.nextLong());
    }
}
