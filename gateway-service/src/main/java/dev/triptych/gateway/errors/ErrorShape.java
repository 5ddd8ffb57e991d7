package dev.triptych.gateway.errors;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.WireJson;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.databind.node.ObjectNode;

/** How each protocol spells an error. */
enum ErrorShape {
    /** RFC 9457, for Triptych's own endpoints. */
    PROBLEM(MediaType.APPLICATION_PROBLEM_JSON),
    /** {@code {"error": {"message", "type", "param", "code"}}}. */
    OPENAI(MediaType.APPLICATION_JSON),
    /** {@code {"error": "…"}}, for LibreTranslate and the Open Inference Protocol. */
    TEXT_ONLY(MediaType.APPLICATION_JSON);

    private static final List<String> OPENAI_PATHS = List.of(
            "/v1/models", "/v1/completions", "/v1/chat/completions", "/v1/embeddings", "/v1/files", "/v1/batches");
    private static final List<String> TEXT_ONLY_PATHS = List.of(
            "/translate", "/languages", "/detect", "/frontend/settings", "/translate_file", "/download_file", "/v2");

    private final MediaType mediaType;

    ErrorShape(MediaType mediaType) {
        this.mediaType = mediaType;
    }

    static ErrorShape ofPath(String path) {
        if (isAtOrBelow(OPENAI_PATHS, path)) {
            return OPENAI;
        }
        return isAtOrBelow(TEXT_ONLY_PATHS, path) ? TEXT_ONLY : PROBLEM;
    }

    MediaType mediaType() {
        return mediaType;
    }

    byte[] json(Failure failure) {
        return WireJson.mapper().writeValueAsBytes(node(failure));
    }

    /**
     * The error as a server-sent event, and the end that the protocol's streams have. It opens with a blank line, which
     * ends an event that was cut off.
     */
    String lastEvents(Failure failure) {
        String error = "\n\ndata: " + WireJson.mapper().writeValueAsString(node(failure)) + "\n\n";
        return this == TEXT_ONLY ? error : error + "data: [DONE]\n\n";
    }

    private ObjectNode node(Failure failure) {
        return switch (this) {
            case PROBLEM -> problem(failure);
            case OPENAI -> openAi(failure);
            case TEXT_ONLY -> object().put("error", failure.message());
        };
    }

    private static ObjectNode problem(Failure failure) {
        int status = failure.code().httpStatus();
        ObjectNode problem = object().put("type", "about:blank")
                .put("title", title(status))
                .put("status", status)
                .put("detail", failure.message())
                .put("code", failure.code().code());
        if (failure.field() != null) {
            problem.put("field", failure.field());
        }
        return problem;
    }

    static ObjectNode openAi(Failure failure) {
        ObjectNode error = object().put("message", failure.message())
                .put("type", openAiType(failure.code()))
                .put("param", failure.field())
                .put("code", failure.code().code());
        return object().set("error", error);
    }

    private static String openAiType(ErrorCode code) {
        return switch (code.category()) {
            case USER -> "invalid_request_error";
            case CAPACITY -> code == ErrorCode.OVERLOADED ? "rate_limit_error" : "service_unavailable_error";
            case EXTERNAL, INTERNAL -> "server_error";
        };
    }

    private static String title(int status) {
        @Nullable HttpStatus known = HttpStatus.resolve(status);
        return known == null ? "Error" : known.getReasonPhrase();
    }

    private static ObjectNode object() {
        return WireJson.mapper().createObjectNode();
    }

    private static boolean isAtOrBelow(List<String> roots, String path) {
        return roots.stream().anyMatch(root -> path.equals(root) || path.startsWith(root + "/"));
    }
}
