package dev.triptych.text.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/** How each protocol writes an error. */
enum ErrorShape {
    /** RFC 9457, of our own endpoints. */
    PROBLEM(MediaType.APPLICATION_PROBLEM_JSON) {
        @Override
        Object body(ApiError error) {
            int status = error.code().httpStatus();
            HttpStatus known = HttpStatus.resolve(status);
            return new Problem(
                    "about:blank",
                    known == null ? "Error" : known.getReasonPhrase(),
                    status,
                    error.message(),
                    error.code().code(),
                    error.field());
        }
    },
    /** OpenAI's. */
    OPENAI(MediaType.APPLICATION_JSON) {
        @Override
        Object body(ApiError error) {
            return new OpenAiError(new OpenAiError.Detail(
                    error.message(), type(error), error.field(), error.code().code()));
        }
    },
    /** A text alone: LibreTranslate's and the Open Inference Protocol's. */
    TEXT_ONLY(MediaType.APPLICATION_JSON) {
        @Override
        Object body(ApiError error) {
            return new PlainError(error.message());
        }
    };

    private static final Set<String> OPENAI_PATHS =
            Set.of("/v1/completions", "/v1/chat/completions", "/v1/embeddings", "/v1/models");
    private static final Set<String> LIBRE_TRANSLATE_PATHS =
            Set.of("/translate", "/languages", "/detect", "/frontend/settings", "/translate_file");
    private static final String INFERENCE_PATHS = "/v2/";

    private final MediaType mediaType;

    ErrorShape(MediaType mediaType) {
        this.mediaType = mediaType;
    }

    abstract Object body(ApiError error);

    MediaType mediaType() {
        return mediaType;
    }

    static ErrorShape of(String path) {
        if (LIBRE_TRANSLATE_PATHS.contains(path)
                || path.startsWith(INFERENCE_PATHS)
                || path.startsWith("/download_file/")) {
            return TEXT_ONLY;
        }
        boolean openAi = OPENAI_PATHS.contains(path) || path.startsWith("/v1/models/");
        return openAi ? OPENAI : PROBLEM;
    }

    private static String type(ApiError error) {
        return switch (error.code().category()) {
            case USER -> "invalid_request_error";
            case CAPACITY ->
                error.code().httpStatus() == HttpStatus.TOO_MANY_REQUESTS.value()
                        ? "rate_limit_error"
                        : "service_unavailable_error";
            case EXTERNAL, INTERNAL -> "server_error";
        };
    }

    /** @param code ours, besides the standard's fields */
    record Problem(
            String type,
            String title,
            int status,
            String detail,
            String code,
            @Nullable String field) {}

    /** OpenAI's clients expect all four fields, null where they say nothing. */
    record OpenAiError(Detail error) {

        @JsonInclude(JsonInclude.Include.ALWAYS)
        record Detail(String message, String type, @Nullable String param, String code) {}
    }

    record PlainError(String error) {}
}
