package dev.triptych.text.api;

import dev.triptych.wire.TriptychException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads fields by name; null is absent. A wrong type is refused with the field's whole path. */
final class FieldReader {

    private static final int SHOWN = 80;

    private final Map<String, JsonNode> given;
    private final String path;

    FieldReader(Map<String, JsonNode> given, String path) {
        this.given = given;
        this.path = path;
    }

    Optional<JsonNode> node(String name) {
        @Nullable JsonNode node = given.get(name);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    OptionalInt integer(String name) {
        OptionalLong value = longInteger(name);
        if (value.isPresent() && (int) value.getAsLong() != value.getAsLong()) {
            throw invalid(
                    name,
                    "must be from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE + ", got " + value.getAsLong());
        }
        return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
    }

    OptionalLong longInteger(String name) {
        Optional<JsonNode> node = node(name);
        if (node.isPresent() && !(node.get().isIntegralNumber() && node.get().canConvertToLong())) {
            throw invalid(name, "must be a whole number of at most 64 bits, got " + shortened(node.get()));
        }
        return node.isPresent() ? OptionalLong.of(node.get().longValue()) : OptionalLong.empty();
    }

    OptionalDouble number(String name) {
        Optional<JsonNode> node = node(name);
        if (node.isPresent() && !node.get().isNumber()) {
            throw invalid(name, "must be a number, got " + shortened(node.get()));
        }
        return node.isPresent() ? OptionalDouble.of(node.get().asDouble()) : OptionalDouble.empty();
    }

    boolean flag(String name) {
        Optional<JsonNode> node = node(name);
        if (node.isPresent() && !node.get().isBoolean()) {
            throw invalid(name, "must be true or false, got " + shortened(node.get()));
        }
        return node.isPresent() && node.get().booleanValue();
    }

    void requireArray(JsonNode node, String name, int most) {
        if (!node.isArray()) {
            throw invalid(name, "must be a list, got " + shortened(node));
        }
        if (node.size() > most) {
            throw invalid(name, "may have " + most + " elements, got " + node.size());
        }
    }

    /** The whole path of a field. */
    String path(String name) {
        return path + name;
    }

    TriptychException.Rejected invalid(String name, String rule) {
        return FieldRules.invalid(path(name), path(name) + " " + rule);
    }

    static String shortened(JsonNode node) {
        return shortened(node.toString());
    }

    static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
