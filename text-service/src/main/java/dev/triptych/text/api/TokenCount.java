package dev.triptych.text.api;

import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Tells a gateway that asks how many tokens an answer took: in a header, or where a stream's headers are long gone in a
 * comment before its end. The count travels in the Reactor context, so that whatever reads or generates tokens below an
 * endpoint can add to it.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
class TokenCount implements WebFilter {

    private static final String ASK = "X-Triptych-Usage";
    private static final String HEADER = "X-Triptych-Tokens";

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!exchange.getRequest().getHeaders().containsHeader(ASK)) {
            return chain.filter(exchange);
        }
        AtomicLong count = new AtomicLong();
        exchange.getResponse()
                .beforeCommit(() -> Mono.fromRunnable(() -> {
                    HttpHeaders headers = exchange.getResponse().getHeaders();
                    if (count.get() > 0) {
                        headers.set(HEADER, Long.toString(count.get()));
                    }
                }));
        return chain.filter(exchange).contextWrite(context -> context.put(TokenCount.class, count));
    }

    /** Adds to the count of the request that {@code context} belongs to, where anybody asked. */
    static void add(ContextView context, long tokens) {
        context.<AtomicLong>getOrEmpty(TokenCount.class).ifPresent(count -> count.addAndGet(tokens));
    }

    /** What a stream says of it at its end; nothing where nobody asked. */
    static Flux<ServerSentEvent<String>> comment() {
        return Flux.deferContextual(context -> Flux.fromStream(context.<AtomicLong>getOrEmpty(TokenCount.class).stream()
                .map(count -> ServerSentEvent.<String>builder()
                        .comment("tokens " + count.get())
                        .build())));
    }
}
