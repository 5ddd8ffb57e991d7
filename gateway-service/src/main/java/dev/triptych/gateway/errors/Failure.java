package dev.triptych.gateway.errors;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import io.netty.channel.ChannelException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;
import reactor.netty.channel.AbortedException;

/**
 * What a client is told, before a protocol gives it a shape.
 *
 * @param message    written for the client
 * @param field      the field at fault, where there is one
 * @param retryAfter when trying again is expected to help, where it is
 * @param allowed    the methods that the path takes, where the method was at fault
 */
record Failure(
        ErrorCode code,
        String message,
        @Nullable String field,
        @Nullable Duration retryAfter,
        Set<HttpMethod> allowed) {

    /** The one place that decides which code an exception is. */
    static Failure of(Throwable error) {
        return switch (error) {
            case TriptychException.Rejected e -> new Failure(e.code(), e.getMessage(), e.field(), null, Set.of());
            case TriptychException.Overloaded e ->
                new Failure(e.code(), e.getMessage(), null, e.retryAfter(), Set.of());
            case TriptychException.Failed e -> plain(e.code(), e.getMessage());
            case MethodNotAllowedException e -> methodNotAllowed(e);
            // The server's own time limits for reading a request.
            case ChannelException e -> plain(ErrorCode.INVALID_REQUEST, "The body did not come within its time.");
            // A service's is named on its route; what is left is a client that closed its connection.
            case AbortedException e -> plain(ErrorCode.CANCELLED, "The client went away.");
            case ResponseStatusException e -> plain(code(e.getStatusCode().value()), message(e));
            default -> plain(ErrorCode.INTERNAL, "The gateway failed; the request id finds the cause in its log.");
        };
    }

    private static Failure plain(ErrorCode code, String message) {
        return new Failure(code, message, null, null, Set.of());
    }

    private static Failure methodNotAllowed(MethodNotAllowedException e) {
        Set<HttpMethod> allowed = e.getSupportedMethods();
        String message = "Method %s is not allowed here; allowed: %s."
                .formatted(
                        e.getHttpMethod(),
                        String.join(
                                ", ",
                                allowed.stream().map(HttpMethod::name).sorted().toList()));
        return new Failure(ErrorCode.METHOD_NOT_ALLOWED, message, null, null, allowed);
    }

    private static ErrorCode code(int status) {
        return switch (status) {
            case 404 -> ErrorCode.NOT_FOUND;
            case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
            case 406 -> ErrorCode.NOT_ACCEPTABLE;
            case 413 -> ErrorCode.TOO_LARGE;
            case 415 -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
            case 429 -> ErrorCode.OVERLOADED;
            case 502 -> ErrorCode.UPSTREAM_FAILED;
            case 503 -> ErrorCode.UNAVAILABLE;
            case 504 -> ErrorCode.DEADLINE_EXCEEDED;
            default -> status < 500 ? ErrorCode.INVALID_REQUEST : ErrorCode.INTERNAL;
        };
    }

    private static String message(ResponseStatusException e) {
        if (e.getStatusCode().value() == 404) {
            return "There is nothing at this path.";
        }
        String reason = e.getReason();
        return reason != null ? reason : String.valueOf(e.getBody().getTitle());
    }
}
