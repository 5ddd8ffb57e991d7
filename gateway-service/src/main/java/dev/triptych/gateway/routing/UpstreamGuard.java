package dev.triptych.gateway.routing;

import dev.triptych.gateway.errors.ErrorAnswer;
import dev.triptych.gateway.errors.UpstreamErrors;
import dev.triptych.gateway.upstream.UpstreamService;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Watches one service's answers: names what goes wrong on the way, ends a body that stands still, and lets a stream of
 * server-sent events that broke off end in an error event.
 */
final class UpstreamGuard implements GatewayFilter {

    private final UpstreamService service;

    UpstreamGuard(UpstreamService service) {
        this.service = service;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Guarded response = new Guarded(exchange);
        return chain.filter(exchange.mutate().response(response).build())
                // A service that reset the connection leaves the chain waiting for trailers that never come.
                .takeUntilOther(response.endedInError.asMono())
                .doFinally(signal -> ReplicaFilter.end(exchange))
                // Once the answer has begun, the guard has named the service's errors; what is left is the client's.
                .onErrorMap(error -> !response.isCommitted(), this::translate);
    }

    private Throwable translate(Throwable error) {
        return UpstreamErrors.translate(service.name().toString(), error);
    }

    private final class Guarded extends ServerHttpResponseDecorator {

        private final ServerWebExchange exchange;
        private final Sinks.Empty<Void> endedInError = Sinks.empty();
        private volatile boolean failed;

        Guarded(ServerWebExchange exchange) {
            super(exchange.getResponse());
            this.exchange = exchange;
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            return super.writeWith(watch(body));
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            Flux<? extends Publisher<? extends DataBuffer>> watched = watch(body);
            if (!isEventStream()) {
                return super.writeAndFlushWith(watched);
            }
            return super.writeAndFlushWith(endInErrorEvent(watched)).doOnSuccess(written -> {
                if (failed) {
                    endedInError.tryEmitEmpty();
                }
            });
        }

        private <T> Flux<T> watch(Publisher<T> body) {
            return Flux.from(body).timeout(service.streamIdleTimeout()).onErrorMap(UpstreamGuard.this::translate);
        }

        /** Before the first byte the error still has a status of its own; afterwards only the stream can tell it. */
        private Flux<Publisher<? extends DataBuffer>> endInErrorEvent(
                Flux<? extends Publisher<? extends DataBuffer>> body) {
            return Flux.<Publisher<? extends DataBuffer>>from(body).onErrorResume(error -> {
                if (!isCommitted()) {
                    return Flux.error(error);
                }
                failed = true;
                return Flux.just(Mono.just(ErrorAnswer.lastEvents(exchange, error)));
            });
        }

        private boolean isEventStream() {
            @Nullable MediaType type = getHeaders().getContentType();
            return MediaType.TEXT_EVENT_STREAM.isCompatibleWith(type);
        }
    }
}
