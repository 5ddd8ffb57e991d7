package dev.triptych.text.api;

import dev.triptych.wire.ErrorCode;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Answers every failed request in its protocol's shape: those of controllers and those that reached none. */
@Component
@Order(-2)
class ErrorHandler implements ErrorWebExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ErrorHandler.class);

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable thrown) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(thrown);
        }
        ApiError error = ApiError.of(thrown);
        if (error.code() == ErrorCode.INTERNAL) {
            log.error(
                    "{} failed", exchange.getLogPrefix() + exchange.getRequest().getPath(), thrown);
        }
        ErrorShape shape = ErrorShape.of(exchange.getRequest().getPath().value());
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(shape.mediaType());
        Duration retryAfter = error.retryAfter();
        if (retryAfter != null) {
            // Whole seconds, and never 0: that would ask for a stampede.
            headers.set(
                    HttpHeaders.RETRY_AFTER,
                    Long.toString(Math.max(1, retryAfter.plusMillis(999).toSeconds())));
        }
        if (thrown instanceof MethodNotAllowedException method) {
            headers.setAllow(method.getSupportedMethods());
        }
        response.setStatusCode(HttpStatusCode.valueOf(error.code().httpStatus()));
        byte[] body = ApiJson.mapper().writeValueAsBytes(shape.body(error));
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }
}
