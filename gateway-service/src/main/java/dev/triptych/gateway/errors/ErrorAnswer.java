package dev.triptych.gateway.errors;

import dev.triptych.gateway.telemetry.RequestIdFilter;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
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
            return Mono.error(error instanceof TriptychException named ? cutOff(exchange, named) : error);
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

    /** What ends a stream of server-sent events that {@code error} broke off. */
    public static DataBuffer lastEvents(ServerWebExchange exchange, Throwable error) {
        Failure failure = Failure.of(error);
        log(exchange, failure, error);
        String events = ErrorShape.ofPath(path(exchange)).lastEvents(failure);
        return exchange.getResponse().bufferFactory().wrap(events.getBytes(StandardCharsets.UTF_8));
    }

    /** Before Spring Boot's own handler. */
    @Override
    public int getOrder() {
        return -2;
    }

    /**
     * Has the server cut the connection, so that half an answer never looks whole. The cause stays out of it: a reset by
     * a service would pass for one by the client, for whom the server ends the answer in good order.
     */
    private static Throwable cutOff(ServerWebExchange exchange, TriptychException error) {
        log(exchange, Failure.of(error), error);
        return new TriptychException.Failed(error.code(), error.getMessage(), null);
    }

    private static void writeHeaders(HttpHeaders headers, Failure failure, ErrorShape shape) {
        // A service that failed after its headers has left them here.
        headers.clear();
        headers.setContentType(shape.mediaType());
        if (failure.code() == ErrorCode.UNAUTHORIZED) {
            headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
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
            case CAPACITY, EXTERNAL -> {
                if (failure.code() == ErrorCode.OVERLOADED) {
                    // A client over its limit must not fill the log as well.
                    LOG.debug("{} overloaded: {}", id, failure.message());
                    return;
                }
                LOG.warn(
                        "{} {}: {} ({})",
                        id,
                        failure.code().code(),
                        failure.message(),
                        String.valueOf(error.getCause()));
            }
            case INTERNAL -> LOG.error("{} {} {}", id, exchange.getRequest().getMethod(), path(exchange), error);
        }
    }

    private static String path(ServerWebExchange exchange) {
        return exchange.getRequest().getPath().value();
    }
}
