package dev.triptych.gateway.errors;

import dev.triptych.gateway.telemetry.RequestIdFilter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/**
 * Answers every error of the gateway in the shape of the protocol that the path speaks. The log has the cause, the
 * client has the request id.
 */
public final class ErrorAnswer implements WebExceptionHandler, Ordered {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswer.class);

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(error);
        }
        Failure failure = Failure.of(error);
        log(exchange, failure, error);
        ErrorShape shape = ErrorShape.ofPath(path(exchange));
        response.setRawStatusCode(failure.code().httpStatus());
        writeHeaders(response.getHeaders(), failure, shape);
        DataBuffer body = response.bufferFactory().wrap(shape.json(failure));
        response.getHeaders().setContentLength(body.readableByteCount());
        return response.writeWith(Mono.just(body));
    }

    /** The event that ends a stream of server-sent events which {@code error} broke off. */
    public static DataBuffer event(ServerWebExchange exchange, Throwable error) {
        Failure failure = Failure.of(error);
        log(exchange, failure, error);
        String event = ErrorShape.ofPath(path(exchange)).event(failure);
        return exchange.getResponse().bufferFactory().wrap(event.getBytes(StandardCharsets.UTF_8));
    }

    /** Before Spring Boot's own handler. */
    @Override
    public int getOrder() {
        return -2;
    }

    private static void writeHeaders(HttpHeaders headers, Failure failure, ErrorShape shape) {
        // A service that failed after its headers has left them here.
        headers.clear();
        headers.setContentType(shape.mediaType());
        if (!failure.allowed().isEmpty()) {
            headers.setAllow(failure.allowed());
        }
        @Nullable Duration retryAfter = failure.retryAfter();
        if (retryAfter != null) {
            headers.set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, retryAfter.toSeconds())));
        }
    }

    private static void log(ServerWebExchange exchange, Failure failure, Throwable error) {
        String id = RequestIdFilter.of(exchange.getResponse());
        switch (failure.code().category()) {
            case USER -> LOG.debug("{} {}: {}", id, failure.code().code(), failure.message());
            case CAPACITY, EXTERNAL ->
                LOG.warn(
                        "{} {}: {} ({})",
                        id,
                        failure.code().code(),
                        failure.message(),
                        String.valueOf(error.getCause()));
            case INTERNAL -> LOG.error("{} {} {}", id, exchange.getRequest().getMethod(), path(exchange), error);
        }
    }

    private static String path(ServerWebExchange exchange) {
        return exchange.getRequest().getPath().value();
    }
}
