package dev.triptych.text.decoding.constraint;

import dev.triptych.text.generation.ParameterException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A whole JSON Schema: what its references lead to, which keywords it may have, and how it is refused. One compilation's. */
final class SchemaDocument {

    /** The most schemas that are looked at, those behind references as often as they are met. */
    static final int MAX_SCHEMAS = 50_000;

    /** Keywords that describe and constrain nothing. */
    static final Set<String> NOTES = Set.of(
            "$schema",
            "$id",
            "$comment",
            "$defs",
            "definitions",
            "title",
            "description",
            "default",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly");

    static final Set<String> COMBINING = Set.of("$ref", "allOf", "anyOf", "oneOf");
    static final Set<String> OF_OBJECTS = Set.of("properties", "required", "additionalProperties");
    static final Set<String> OF_LISTS = Set.of("items", "minItems", "maxItems");
    static final Set<String> OF_STRINGS = Set.of("pattern", "minLength", "maxLength");
    static final Set<String> OF_NUMBERS = Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum");
    static final Set<String> OF_ANY = Set.of("type", "enum", "const");

    private final Object root;
    private final String field;
    private int met;

    /**
     * @param root the schema as maps, lists, strings, numbers and truth values
     * @param field whose value it is, for messages
     */
    SchemaDocument(Object root, String field) {
        this.root = root;
        this.field = field;
    }

    Object root() {
        return root;
    }

    String field() {
        return field;
    }

    /** Counts a schema that is looked at. */
    void meet(String path) {
        if (++met > MAX_SCHEMAS) {
            throw invalid(path, "comes to more than " + MAX_SCHEMAS + " schemas, references followed");
        }
    }

    /** A schema that is an object, of keywords that can be held to. */
    Map<?, ?> object(@Nullable Object given, String path) {
        if (!(given instanceof Map<?, ?> map)) {
            throw invalid(path, "must be a schema, that is an object, true or false");
        }
        for (Object key : map.keySet()) {
            String keyword = String.valueOf(key);
            boolean known = NOTES.contains(keyword)
                    || COMBINING.contains(keyword)
                    || OF_OBJECTS.contains(keyword)
                    || OF_LISTS.contains(keyword)
                    || OF_STRINGS.contains(keyword)
                    || OF_NUMBERS.contains(keyword)
                    || OF_ANY.contains(keyword);
            if (!known) {
                throw invalid(path, "has the keyword " + keyword + ", which cannot be held to");
            }
        }
        return map;
    }

    /** Where a reference leads, as a pointer into the schema. */
    String pointer(Map<?, ?> schema, String path) {
        if (schema.get("$ref") instanceof String pointer && pointer.startsWith("#")) {
            return pointer;
        }
        throw invalid(path + "/$ref", "must be a reference into the schema itself, such as #/$defs/name");
    }

    /** @param path of who refers to it, for messages */
    Object target(String pointer, String path) {
        @Nullable Object target = root;
        for (String step : pointer.substring(1).split("/", -1)) {
            if (!step.isEmpty()) {
                String name = step.replace("~1", "/").replace("~0", "~");
                target = target instanceof Map<?, ?> map ? map.get(name) : null;
            }
        }
        if (target == null) {
            throw invalid(path + "/$ref", "leads to nothing: " + pointer);
        }
        return target;
    }

    List<?> list(Map<?, ?> schema, String keyword, String path) {
        if (schema.get(keyword) instanceof List<?> list && !list.isEmpty()) {
            return list;
        }
        throw invalid(path + "/" + keyword, "must be a list of at least one element");
    }

    ParameterException invalid(String path, String rule) {
        return new ParameterException(field, field + (path.isEmpty() ? "" : " at " + path) + " " + rule);
    }
}
