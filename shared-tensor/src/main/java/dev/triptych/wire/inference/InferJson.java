package dev.triptych.wire.inference;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads fields of the protocol's JSON by their whole path; what does not fit is refused with it. */
final class InferJson {

    private static final int SHOWN = 60;

    private InferJson() {}

    static void allow(JsonNode object, String path, Collection<String> known) {
        if (!object.isObject()) {
            throw invalid(path, "must be an object, got " + shown(object));
        }
        for (String name : object.propertyNames()) {
            if (!known.contains(name)) {
                throw new TriptychException.Rejected(
                        ErrorCode.INVALID_REQUEST,
                        member(path, name),
                        "unknown field " + member(path, name) + "; known here: " + known);
            }
        }
    }

    static Optional<JsonNode> optional(JsonNode object, String name) {
        @Nullable JsonNode node = object.get(name);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    static JsonNode required(JsonNode object, String path, String name) {
        return optional(object, name).orElseThrow(() -> invalid(member(path, name), "is required"));
    }

    static String text(JsonNode object, String path, String name) {
        JsonNode node = required(object, path, name);
        if (!node.isString()) {
            throw invalid(member(path, name), "must be a string, got " + shown(node));
        }
        return node.stringValue();
    }

    static JsonNode list(JsonNode node, String path) {
        if (!node.isArray()) {
            throw invalid(path, "must be a list, got " + shown(node));
        }
        return node;
    }

    static boolean flag(JsonNode object, String path, String name, boolean otherwise) {
        Optional<JsonNode> node = optional(object, name);
        if (node.isPresent() && !node.get().isBoolean()) {
            throw invalid(member(path, name), "must be true or false, got " + shown(node.get()));
        }
        return node.map(JsonNode::booleanValue).orElse(otherwise);
    }

    static String member(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    static TriptychException.Rejected invalid(String field, String rule) {
        return new TriptychException.Rejected(ErrorCode.INVALID_FIELD, field, field + " " + rule);
    }

    static String shown(JsonNode node) {
        String text = node.isContainer() ? (node.isArray() ? "a list" : "an object") : node.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
