package dev.triptych.text.api;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/**
 * What went wrong, whatever the protocol.
 *
 * @param code the stable code
 * @param message written for the client
 * @param field the field at fault, where there is a single one
 * @param retryAfter when trying again is expected to help
 */
record ApiError(
        ErrorCode code,
        String message,
        @Nullable String field,
        @Nullable Duration retryAfter) {

    /** The one place that turns exceptions into errors. */
    static ApiError of(Throwable thrown) {
        return switch (thrown) {
            case CompletionException wrapper when wrapper.getCause() != null -> of(wrapper.getCause());
            case TriptychException.Rejected rejected ->
                new ApiError(rejected.code(), rejected.getMessage(), rejected.field(), null);
            case TriptychException.Overloaded overloaded ->
                new ApiError(overloaded.code(), overloaded.getMessage(), null, overloaded.retryAfter());
            case TriptychException.Failed failed -> new ApiError(failed.code(), failed.getMessage(), null, null);
            case DataBufferLimitException limit ->
                plain(ErrorCode.TOO_LARGE, "the body is over its limit: " + limit.getMessage());
            case ServerWebInputException input -> ofInput(input);
            case MethodNotAllowedException method ->
                plain(
                        ErrorCode.METHOD_NOT_ALLOWED,
                        "allowed here: " + method.getSupportedMethods() + ", got " + method.getHttpMethod());
            case NotAcceptableStatusException accept ->
                plain(ErrorCode.NOT_ACCEPTABLE, "can answer with: " + accept.getSupportedMediaTypes());
            case UnsupportedMediaTypeStatusException type ->
                plain(
                        ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                        "takes " + type.getSupportedMediaTypes() + ", got " + type.getContentType());
            case ResponseStatusException status -> ofStatus(status);
            default -> plain(ErrorCode.INTERNAL, "internal error");
        };
    }

    private static ApiError ofStatus(ResponseStatusException status) {
        if (status.getStatusCode().value() == HttpStatus.CONTENT_TOO_LARGE.value()) {
            return plain(ErrorCode.TOO_LARGE, "the body is over its limit");
        }
        if (status.getStatusCode().value() == HttpStatus.NOT_FOUND.value()) {
            return plain(ErrorCode.NOT_FOUND, "there is nothing at this path");
        }
        return status.getStatusCode().is4xxClientError()
                ? plain(ErrorCode.INVALID_REQUEST, String.valueOf(status.getReason()))
                : plain(ErrorCode.INTERNAL, "internal error");
    }

    private static ApiError ofInput(ServerWebInputException input) {
        for (Throwable cause = input.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof DataBufferLimitException limit) {
                return of(limit);
            }
            if (cause instanceof JacksonException json) {
                return ofJson(json);
            }
        }
        return plain(ErrorCode.INVALID_REQUEST, "the body is missing or cannot be read");
    }

    private static ApiError ofJson(JacksonException json) {
        String field = fieldPath(json.getPath());
        if (json instanceof UnrecognizedPropertyException unknown) {
            return new ApiError(
                    ErrorCode.INVALID_REQUEST,
                    "unknown field " + field + "; known here: "
                            + unknown.getKnownPropertyIds().stream()
                                    .map(Object::toString)
                                    .sorted()
                                    .toList(),
                    field,
                    null);
        }
        String message = field == null
                ? "the body is not valid JSON: " + json.getOriginalMessage()
                : field + " has the wrong type: " + json.getOriginalMessage();
        return new ApiError(ErrorCode.INVALID_REQUEST, message, field, null);
    }

    private static @Nullable String fieldPath(List<JacksonException.Reference> path) {
        StringBuilder name = new StringBuilder();
        for (JacksonException.Reference reference : path) {
            if (reference.getPropertyName() == null) {
                name.append('[').append(reference.getIndex()).append(']');
            } else {
                name.append(name.isEmpty() ? "" : ".").append(reference.getPropertyName());
            }
        }
        return name.isEmpty() ? null : name.toString();
    }

    private static ApiError plain(ErrorCode code, String message) {
        return new ApiError(code, message, null, null);
    }
}
