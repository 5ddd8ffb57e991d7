package dev.triptych.gateway.limits;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.unit.DataSize;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Refuses a body over the limit: at once where its length is declared, otherwise at the first byte too many. Nothing is
 * collected; what fits streams on.
 */
public final class BodyLimitFilter implements GatewayFilter {

    private final DataSize limit;

    public BodyLimitFilter(DataSize limit) {
        this.limit = limit;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        long declared = request.getHeaders().getContentLength();
        if (declared > limit.toBytes()) {
            return Mono.error(tooLarge("has " + declared + " bytes"));
        }
        return chain.filter(exchange.mutate().request(new Counted(request)).build());
    }

    private TriptychException tooLarge(String given) {
        return new TriptychException.Rejected(
                ErrorCode.TOO_LARGE,
                null,
                "The body %s; the limit here is %d bytes.".formatted(given, limit.toBytes()));
    }

    private final class Counted extends ServerHttpRequestDecorator {

        private long count;

        Counted(ServerHttpRequest request) {
            super(request);
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return super.getBody().map(this::count);
        }

        private DataBuffer count(DataBuffer buffer) {
            count += buffer.readableByteCount();
            if (count > limit.toBytes()) {
                DataBufferUtils.release(buffer);
                throw tooLarge("goes on after " + limit.toBytes() + " bytes");
            }
            return buffer;
        }
    }
}
