package dev.triptych.text.api;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Ends a streamed body with its exchange, however that ends. A connection that closes just before the first write fails
 * the write without ever subscribing to the body, so that nothing would cancel the work behind it.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class ExchangeEnd implements WebFilter {

    private static final String ATTRIBUTE = ExchangeEnd.class.getName();

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        Sinks.Empty<Void> end = Sinks.empty();
        exchange.getAttributes().put(ATTRIBUTE, end);
        return chain.filter(exchange).doFinally(signal -> end.tryEmitEmpty());
    }

    static <T> Flux<T> boundTo(ServerWebExchange exchange, Flux<T> body) {
        Sinks.Empty<Void> end = exchange.getRequiredAttribute(ATTRIBUTE);
        return body.takeUntilOther(end.asMono());
    }
}
