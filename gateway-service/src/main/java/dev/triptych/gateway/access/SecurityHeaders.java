package dev.triptych.gateway.access;

import java.util.Map;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Tells browsers to take no answer for a page, a script, or a frame of another site. Who answers pages of its own says
 * more itself, and that stands. Transport security is told by whoever ends TLS.
 */
public final class SecurityHeaders implements WebFilter, Ordered {

    private static final Map<String, String> HEADERS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "Cross-Origin-Resource-Policy", "same-origin");

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        exchange.getResponse()
                .beforeCommit(() -> Mono.fromRunnable(() -> {
                    HttpHeaders headers = exchange.getResponse().getHeaders();
                    HEADERS.forEach((name, value) -> {
                        if (!headers.containsHeader(name)) {
                            headers.set(name, value);
                        }
                    });
                }));
        return chain.filter(exchange);
    }

    @Override
    public int getOrder() {
        return AccessFilter.ORDER - 2;
    }
}
