package dev.triptych.text.api;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Gives every answer the request's {@code X-Request-Id}, or one of its own where there is none or an unfit one. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class RequestIdFilter implements WebFilter {

    static final String HEADER = "X-Request-Id";

    private static final Pattern FIT = Pattern.compile("[A-Za-z0-9._:+=/@-]{1,128}");

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String given = exchange.getRequest().getHeaders().getFirst(HEADER);
        exchange.getResponse()
                .getHeaders()
                .set(HEADER, fit(given) ? given : UUID.randomUUID().toString());
        return chain.filter(exchange);
    }

    private static boolean fit(@Nullable String id) {
        return id != null && FIT.matcher(id).matches();
    }
}
