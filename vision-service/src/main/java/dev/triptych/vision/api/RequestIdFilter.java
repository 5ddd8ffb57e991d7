package dev.triptych.vision.api;

import java.util.regex.Pattern;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Echoes {@code X-Request-Id} where one was sent that is short and printable. */
public final class RequestIdFilter implements WebFilter {

    private static final String HEADER = "X-Request-Id";
    private static final Pattern ACCEPTABLE = Pattern.compile("[!-~]{1,128}");

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String id = exchange.getRequest().getHeaders().getFirst(HEADER);
        if (id != null && ACCEPTABLE.matcher(id).matches()) {
            exchange.getResponse().getHeaders().set(HEADER, id);
        }
        return chain.filter(exchange);
    }
}
