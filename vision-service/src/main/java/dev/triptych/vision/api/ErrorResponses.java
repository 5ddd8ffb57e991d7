package dev.triptych.vision.api;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.WireJson;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/**
 * Turns every failure into its protocol's shape: OpenAI's error object under {@code /v1/models}, the
 * Open Inference Protocol's text under {@code /v2}, else {@code
 * application/problem+json} (RFC 9457) with {@code code} and {@code field}.
 */
@Order(-2) // Before Spring Boot's own handler, which would answer in another shape.
public final class ErrorResponses implements WebExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ErrorResponses.class);

    private static final String OPENAI_PREFIX = "/v1/models";
    private static final String INFERENCE_PREFIX = "/v2/";

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(failure);
        }
        String path = exchange.getRequest().getPath().value();
        Fault fault = Fault.of(failure);
        if (fault.code() == ErrorCode.INTERNAL) {
            log.error("{} {} failed", exchange.getRequest().getMethod(), path, failure);
        }
        response.setStatusCode(HttpStatusCode.valueOf(fault.code().httpStatus()));
        HttpHeaders headers = response.getHeaders();
        if (failure instanceof ErrorResponse spring) {
            headers.putAll(spring.getHeaders());
        }
        Duration retryAfter = fault.retryAfter();
        if (retryAfter != null) {
            headers.set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, (retryAfter.toMillis() + 999) / 1000)));
        }
        Shape shape = Shape.of(path);
        headers.setContentType(
                shape == Shape.PROBLEM ? MediaType.APPLICATION_PROBLEM_JSON : MediaType.APPLICATION_JSON);
        byte[] body = WireJson.mapper()
                .writeValueAsBytes(
                        switch (shape) {
                            case PROBLEM -> problem(fault, path);
                            case OPENAI -> openai(fault);
                            case TEXT_ONLY -> Map.of("error", fault.message());
                        });
        headers.setContentLength(body.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }

    /** How a path's protocol spells an error. */
    private enum Shape {
        PROBLEM,
        OPENAI,
        TEXT_ONLY;

        static Shape of(String path) {
            if (path.equals(OPENAI_PREFIX) || path.startsWith(OPENAI_PREFIX + "/")) {
                return OPENAI;
            }
            return path.startsWith(INFERENCE_PREFIX) ? TEXT_ONLY : PROBLEM;
        }
    }

    private static Map<String, Object> problem(Fault fault, String path) {
        Map<String, Object> problem = new LinkedHashMap<>();
        HttpStatus status = HttpStatus.resolve(fault.code().httpStatus());
        problem.put("type", "about:blank");
        problem.put("title", status == null ? fault.code().code() : status.getReasonPhrase());
        problem.put("status", fault.code().httpStatus());
        problem.put("detail", fault.message());
        problem.put("instance", path);
        problem.put("code", fault.code().code());
        if (fault.field() != null) {
            problem.put("field", fault.field());
        }
        return problem;
    }

    private static Map<String, Object> openai(Fault fault) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("message", fault.message());
        error.put(
                "type", fault.code().category() == ErrorCode.Category.USER ? "invalid_request_error" : "server_error");
        error.put("param", fault.field());
        error.put("code", fault.code().code());
        return Map.of("error", error);
    }

    /** What a client is told. */
    private record Fault(
            ErrorCode code,
            @Nullable String field,
            String message,
            @Nullable Duration retryAfter) {

        static Fault of(Throwable failure) {
            return switch (failure) {
                case TriptychException.Rejected e -> new Fault(e.code(), e.field(), e.getMessage(), null);
                case TriptychException.Overloaded e -> new Fault(e.code(), null, e.getMessage(), e.retryAfter());
                case TriptychException.Failed e -> new Fault(e.code(), null, e.getMessage(), null);
                case DataBufferLimitException e ->
                    new Fault(ErrorCode.TOO_LARGE, null, "the body or one of its parts is too large", null);
                case DecodingException e -> new Fault(ErrorCode.INVALID_REQUEST, null, "the body cannot be read", null);
                case ErrorResponse spring -> ofSpring(spring);
                case CancellationException e -> new Fault(ErrorCode.CANCELLED, null, "the request was canceled", null);
                default -> new Fault(ErrorCode.INTERNAL, null, "something failed inside the service", null);
            };
        }

        private static Fault ofSpring(ErrorResponse spring) {
            String detail = spring.getBody().getDetail();
            ErrorCode code = switch (spring.getStatusCode().value()) {
                case 404 -> ErrorCode.NOT_FOUND;
                case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
                case 406 -> ErrorCode.NOT_ACCEPTABLE;
                case 413 -> ErrorCode.TOO_LARGE;
                case 415 -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
                default -> spring.getStatusCode().is4xxClientError() ? ErrorCode.INVALID_REQUEST : ErrorCode.INTERNAL;
            };
            return new Fault(code, null, detail == null ? "the request was refused" : detail, null);
        }
    }
}
