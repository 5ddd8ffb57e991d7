package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.jobs.batches.LineFault.Kind;
import dev.triptych.wire.WireJson;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ObjectNode;

/** Holds the lines of one input against the rules, in order. Remembers the ids it saw; for one thread. */
final class LineCheck {

    private static final int LONGEST_ID = 512;
    private static final int LONGEST_QUOTE = 80;
    private static final Set<String> FIELDS = Set.of("custom_id", "method", "url", "body");

    private static final ObjectReader JSON =
            WireJson.mapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final BatchEndpoint endpoint;
    private final Set<String> models;
    private final int maxLineBytes;
    private final Map<String, Integer> lineOfId = new HashMap<>();

    /** @param models that the endpoint's service has */
    LineCheck(BatchEndpoint endpoint, Set<String> models, int maxLineBytes) {
        this.endpoint = endpoint;
        this.models = models;
        this.maxLineBytes = maxLineBytes;
    }

    /**
     * What a line is.
     *
     * @param customId where it has a usable one
     * @param fault    {@code null}: it can be run
     */
    record Verdict(@Nullable String customId, @Nullable LineFault fault) {}

    Verdict check(LineReader.Line line) {
        if (line.tooLong()) {
            return refused(null, Kind.LINE_TOO_LONG, "a line may have " + maxLineBytes + " bytes", null);
        }
        JsonNode json;
        try {
            json = JSON.readTree(line.content());
        } catch (JacksonException e) {
            return refused(null, Kind.INVALID_JSON_LINE, "not valid JSON: " + e.getOriginalMessage(), null);
        }
        if (!(json instanceof ObjectNode request)) {
            return refused(null, Kind.INVALID_LINE, "a line must be a JSON object", null);
        }
        JsonNode id = request.path("custom_id");
        if (id.isMissingNode() || id.isNull()) {
            return refused(null, Kind.MISSING_CUSTOM_ID, "custom_id is required", "custom_id");
        }
        if (!id.isString() || id.stringValue().isEmpty() || id.stringValue().length() > LONGEST_ID) {
            return refused(
                    null,
                    Kind.INVALID_CUSTOM_ID,
                    "custom_id must be a string of 1 to " + LONGEST_ID + " characters, got " + quote(id),
                    "custom_id");
        }
        String customId = id.stringValue();
        Integer before = lineOfId.putIfAbsent(customId, line.number());
        if (before != null) {
            return refused(
                    customId,
                    Kind.DUPLICATE_CUSTOM_ID,
                    "custom_id must be unique, " + quote(id) + " is that of line " + before,
                    "custom_id");
        }
        return new Verdict(customId, fault(request));
    }

    private @Nullable LineFault fault(ObjectNode request) {
        for (String name : request.propertyNames()) {
            if (!FIELDS.contains(name)) {
                return new LineFault(Kind.UNKNOWN_FIELD, "unknown field " + cut(name), cut(name));
            }
        }
        if (!"POST".equals(request.path("method").stringValue(null))) {
            return new LineFault(
                    Kind.INVALID_METHOD, "method must be POST, got " + quote(request.path("method")), "method");
        }
        if (!endpoint.path().equals(request.path("url").stringValue(null))) {
            return new LineFault(
                    Kind.INVALID_URL,
                    "url must be the batch's endpoint " + endpoint.path() + ", got " + quote(request.path("url")),
                    "url");
        }
        return request.path("body") instanceof ObjectNode body
                ? bodyFault(body)
                : new LineFault(Kind.INVALID_BODY, "body must be a JSON object", "body");
    }

    private @Nullable LineFault bodyFault(ObjectNode body) {
        JsonNode model = body.path("model");
        if (model.isMissingNode() || model.isNull()) {
            if (endpoint.needsModel()) {
                return new LineFault(Kind.MISSING_MODEL, "body.model is required", "body.model");
            }
        } else if (!models.contains(model.stringValue(""))) {
            return new LineFault(
                    Kind.MODEL_NOT_FOUND,
                    "body.model " + quote(model) + " does not exist; GET /v1/models lists those that do",
                    "body.model");
        }
        return body.path("stream").asBoolean(false)
                ? new LineFault(Kind.STREAM_NOT_SUPPORTED, "body.stream must be false in a batch", "body.stream")
                : null;
    }

    private static Verdict refused(@Nullable String customId, Kind kind, String message, @Nullable String param) {
        return new Verdict(customId, new LineFault(kind, message, param));
    }

    private static String quote(JsonNode node) {
        return node.isMissingNode() ? "nothing" : cut(node.toString());
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
    }
}
