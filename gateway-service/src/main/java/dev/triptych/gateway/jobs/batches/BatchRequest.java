package dev.triptych.gateway.jobs.batches;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The validated body of {@code POST /v1/batches}.
 *
 * @param window        how long the batch may take
 * @param windowAsGiven the client's spelling of it
 * @param metadata      JSON; {@code null}: none
 */
record BatchRequest(
        String inputFileId,
        BatchEndpoint endpoint,
        Duration window,
        String windowAsGiven,
        @Nullable String metadata) {

    private static final Set<String> FIELDS = Set.of("input_file_id", "endpoint", "completion_window", "metadata");
    private static final Pattern WINDOW = Pattern.compile("([1-9][0-9]{0,6})([smhd])");
    private static final Duration LONGEST_WINDOW = Duration.ofDays(14);
    private static final int MOST_METADATA = 16;
    private static final int LONGEST_KEY = 64;
    private static final int LONGEST_VALUE = 512;

    /** @throws TriptychException.Rejected naming the field at fault */
    static BatchRequest read(JsonNode given) {
        if (!(given instanceof ObjectNode body)) {
            throw new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, null, "the body must be a JSON object");
        }
        for (String name : body.propertyNames()) {
            if (!FIELDS.contains(name)) {
                throw new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, name, "unknown field " + name);
            }
        }
        String path = text(body, "endpoint");
        BatchEndpoint endpoint = BatchEndpoint.of(path)
                .orElseThrow(() -> invalid(
                        "endpoint",
                        "endpoint must be one of " + String.join(", ", BatchEndpoint.paths()) + ", got " + path));
        String window = text(body, "completion_window");
        return new BatchRequest(
                text(body, "input_file_id"), endpoint, window(window), window, metadata(body.path("metadata")));
    }

    private static Duration window(String text) {
        Matcher matcher = WINDOW.matcher(text);
        Duration window = matcher.matches()
                ? Duration.parse(
                        matcher.group(2).equals("d")
                                ? "P" + matcher.group(1) + "D"
                                : "PT" + matcher.group(1) + matcher.group(2).toUpperCase(Locale.ROOT))
                : Duration.ZERO;
        if (window.isZero() || window.compareTo(LONGEST_WINDOW) > 0) {
            throw invalid(
                    "completion_window",
                    "completion_window must be a number with s, m, h or d, such as 24h, and at most 14d, got " + text);
        }
        return window;
    }

    private static @Nullable String metadata(JsonNode metadata) {
        if (metadata.isMissingNode() || metadata.isNull()) {
            return null;
        }
        if (!metadata.isObject() || metadata.size() > MOST_METADATA) {
            throw invalid("metadata", "metadata must be an object of at most " + MOST_METADATA + " strings");
        }
        for (Map.Entry<String, JsonNode> entry : metadata.properties()) {
            boolean fits = entry.getKey().length() <= LONGEST_KEY
                    && entry.getValue().isString()
                    && entry.getValue().stringValue().length() <= LONGEST_VALUE;
            if (!fits) {
                throw invalid(
                        "metadata",
                        "metadata must have keys of at most " + LONGEST_KEY + " and strings of at most " + LONGEST_VALUE
                                + " characters");
            }
        }
        return metadata.toString();
    }

    private static String text(ObjectNode body, String field) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            throw new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, field, field + " is required");
        }
        if (!value.isString()) {
            throw invalid(field, field + " must be a string");
        }
        return value.stringValue();
    }

    private static TriptychException invalid(String field, String message) {
        return new TriptychException.Rejected(ErrorCode.INVALID_FIELD, field, message);
    }
}
