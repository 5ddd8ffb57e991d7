package dev.triptych.text.decoding.constraint;

import dev.triptych.text.generation.ParameterException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The JSON texts that a schema (draft 2020-12) takes, in one layout, with an object's members in the order of its
 * {@code properties}. What it cannot hold is refused by keyword, never passed over; what it produces always conforms, but
 * it need not produce all that does.
 */
final class SchemaGrammar {

    private static final int MAX_NESTING = 32;
    private static final int UNTYPED_DEPTH = 2;

    /** Keywords that describe and constrain nothing. */
    private static final Set<String> NOTES = Set.of(
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

    private static final Set<String> OF_OBJECTS = Set.of("properties", "required", "additionalProperties");
    private static final Set<String> OF_LISTS = Set.of("items", "minItems", "maxItems");
    private static final Set<String> OF_STRINGS = Set.of("pattern", "minLength", "maxLength");
    private static final List<String> TYPES =
            List.of("string", "integer", "number", "boolean", "null", "object", "array");

    private final Object root;
    private final String field;
    private final Map<String, Term> resolved = new HashMap<>();
    private final Set<String> resolving = new LinkedHashSet<>();

    /**
     * @param root the schema as maps, lists, strings, numbers and truth values
     * @param field whose value it is, for messages
     */
    SchemaGrammar(Object root, String field) {
        this.root = root;
        this.field = field;
    }

    Term term() {
        return term(root, "", 0);
    }

    /** @param path of the schema in the whole, for messages */
    private Term term(@Nullable Object given, String path, int nesting) {
        if (nesting > MAX_NESTING) {
            throw invalid(path, "lies deeper than " + MAX_NESTING + " schemas in each other");
        }
        if (given instanceof Boolean allowed) {
            return allowed ? JsonTerms.anyValue(UNTYPED_DEPTH) : Term.NOTHING;
        }
        if (!(given instanceof Map<?, ?> map)) {
            throw invalid(path, "must be a schema, that is an object, true or false");
        }
        Node schema = new Node(map, path, nesting);
        schema.requireKnown();
        if (schema.has("$ref")) {
            schema.requireAlone("$ref");
            return reference(schema);
        }
        if (schema.has("anyOf")) {
            schema.requireAlone("anyOf");
            List<Term> options = new ArrayList<>();
            List<?> alternatives = schema.list("anyOf");
            for (int i = 0; i < alternatives.size(); i++) {
                options.add(term(alternatives.get(i), path + "/anyOf/" + i, nesting + 1));
            }
            return new Term.Choice(options);
        }
        return schema.has("enum") || schema.has("const") ? schema.values() : schema.typed();
    }

    private Term reference(Node schema) {
        if (!(schema.get("$ref") instanceof String pointer) || !pointer.startsWith("#")) {
            throw invalid(schema.path + "/$ref", "must be a reference into the schema itself, such as #/$defs/name");
        }
        Term known = resolved.get(pointer);
        if (known != null) {
            return known;
        }
        if (!resolving.add(pointer)) {
            throw invalid(schema.path + "/$ref", "leads back to itself; schemas must not be recursive");
        }
        @Nullable Object target = root;
        for (String step : pointer.substring(1).split("/", -1)) {
            if (!step.isEmpty()) {
                String name = step.replace("~1", "/").replace("~0", "~");
                target = target instanceof Map<?, ?> map ? map.get(name) : null;
            }
        }
        if (target == null) {
            throw invalid(schema.path + "/$ref", "leads to nothing: " + pointer);
        }
        Term term = term(target, pointer.substring(1), schema.nesting + 1);
        resolving.remove(pointer);
        resolved.put(pointer, term);
        return term;
    }

    private ParameterException invalid(String path, String rule) {
        return new ParameterException(field, field + (path.isEmpty() ? "" : " at " + path) + " " + rule);
    }

    /** One schema object. */
    private final class Node {

        private final Map<?, ?> map;
        private final String path;
        private final int nesting;

        Node(Map<?, ?> map, String path, int nesting) {
            this.map = map;
            this.path = path;
            this.nesting = nesting;
        }

        boolean has(String keyword) {
            return map.containsKey(keyword);
        }

        @Nullable
        Object get(String keyword) {
            return map.get(keyword);
        }

        void requireKnown() {
            for (Object key : map.keySet()) {
                String keyword = String.valueOf(key);
                boolean known = NOTES.contains(keyword)
                        || OF_OBJECTS.contains(keyword)
                        || OF_LISTS.contains(keyword)
                        || OF_STRINGS.contains(keyword)
                        || Set.of("type", "enum", "const", "anyOf", "$ref").contains(keyword);
                if (!known) {
                    throw invalid(path, "has the keyword " + keyword + ", which cannot be held to");
                }
            }
        }

        void requireAlone(String keyword) {
            for (Object other : map.keySet()) {
                if (!other.equals(keyword) && !NOTES.contains(String.valueOf(other))) {
                    throw invalid(path, "has " + other + " beside " + keyword + ", which cannot be held to together");
                }
            }
        }

        List<?> list(String keyword) {
            if (get(keyword) instanceof List<?> list && !list.isEmpty()) {
                return list;
            }
            throw invalid(path + "/" + keyword, "must be a list of at least one element");
        }

        /** An enumeration's values, of those types that are allowed beside. */
        Term values() {
            for (Object other : map.keySet()) {
                if (!Set.of("enum", "const", "type").contains(String.valueOf(other))
                        && !NOTES.contains(String.valueOf(other))) {
                    throw invalid(path, "has " + other + " beside fixed values, which cannot be held to together");
                }
            }
            List<String> types = has("type") ? types() : TYPES;
            List<Term> options = new ArrayList<>();
            for (Object value : has("enum") ? list("enum") : List.of(Box.of(get("const")))) {
                @Nullable Object plain = value instanceof Box box ? box.value : value;
                boolean wanted = !has("const") || !has("enum") || same(plain, get("const"));
                if (wanted && types.stream().anyMatch(type -> is(type, plain))) {
                    options.add(JsonTerms.literal(plain));
                }
            }
            return new Term.Choice(options);
        }

        Term typed() {
            List<String> types = has("type") ? types() : impliedTypes();
            if (types.isEmpty()) {
                return JsonTerms.anyValue(UNTYPED_DEPTH);
            }
            return new Term.Choice(types.stream().map(this::ofType).toList());
        }

        private List<String> types() {
            List<String> types = new ArrayList<>();
            for (Object type : get("type") instanceof String one ? List.of(one) : list("type")) {
                if (!(type instanceof String name) || !TYPES.contains(name)) {
                    throw invalid(path + "/type", "must be one of " + TYPES + " or a list of them, got " + type);
                }
                types.add(name);
            }
            return types;
        }

        /** Without a type, what the keywords are about is one that conforms. */
        private List<String> impliedTypes() {
            if (OF_OBJECTS.stream().anyMatch(this::has)) {
                return List.of("object");
            }
            if (OF_LISTS.stream().anyMatch(this::has)) {
                return List.of("array");
            }
            return OF_STRINGS.stream().anyMatch(this::has) ? List.of("string") : List.of();
        }

        private Term ofType(String type) {
            return switch (type) {
                case "string" -> string();
                case "integer" -> JsonTerms.INTEGER;
                case "number" -> JsonTerms.NUMBER;
                case "boolean" -> JsonTerms.BOOLEAN;
                case "null" -> JsonTerms.NULL;
                case "object" -> object();
                default -> array();
            };
        }

        private Term string() {
            int least = count("minLength", 0);
            int most = count("maxLength", Term.UNBOUNDED);
            if (!has("pattern")) {
                return new Term.Quoted(new Term.Repeat(Term.ANY, least, ordered("maxLength", least, most)));
            }
            if (!(get("pattern") instanceof String pattern)) {
                throw invalid(path + "/pattern", "must be a string");
            }
            Term matching = new RegexParser(pattern, field, field + " at " + path + "/pattern").within();
            boolean counted = least > 0 || most != Term.UNBOUNDED;
            return new Term.Quoted(
                    counted ? new Term.Counted(matching, least, ordered("maxLength", least, most)) : matching);
        }

        private Term array() {
            int least = count("minItems", 0);
            int most = ordered("maxItems", least, count("maxItems", Term.UNBOUNDED));
            Term item = has("items")
                    ? term(get("items"), path + "/items", nesting + 1)
                    : JsonTerms.anyValue(UNTYPED_DEPTH - 1);
            return JsonTerms.list(item, least, most);
        }

        private Term object() {
            Map<String, @Nullable Object> properties = properties();
            Set<String> required = required();
            boolean more = has("additionalProperties") && !Boolean.FALSE.equals(get("additionalProperties"));
            if (properties.isEmpty() && required.isEmpty()) {
                boolean any = more || !has("additionalProperties");
                return any ? JsonTerms.object(JsonTerms.STRING, additional()) : JsonTerms.object(List.of());
            }
            List<Term.Member> members = new ArrayList<>();
            properties.forEach((name, schema) -> members.add(JsonTerms.member(
                    name, term(schema, path + "/properties/" + name, nesting + 1), required.contains(name))));
            for (String name : required) {
                if (!properties.containsKey(name)) {
                    if (Boolean.FALSE.equals(get("additionalProperties"))) {
                        throw invalid(path + "/required", "has " + name + ", which is none of the properties");
                    }
                    members.add(JsonTerms.member(name, additional(), true));
                }
            }
            return JsonTerms.object(members);
        }

        private Term additional() {
            return has("additionalProperties")
                    ? term(get("additionalProperties"), path + "/additionalProperties", nesting + 1)
                    : JsonTerms.anyValue(UNTYPED_DEPTH - 1);
        }

        private Map<String, @Nullable Object> properties() {
            Map<String, @Nullable Object> properties = new LinkedHashMap<>();
            if (has("properties")) {
                if (!(get("properties") instanceof Map<?, ?> given)) {
                    throw invalid(path + "/properties", "must be an object of schemas");
                }
                given.forEach((name, schema) -> properties.put(String.valueOf(name), schema));
            }
            return properties;
        }

        private Set<String> required() {
            Set<String> names = new LinkedHashSet<>();
            Object given = get("required");
            if (given != null && !(given instanceof List<?>)) {
                throw invalid(path + "/required", "must be a list of names");
            }
            if (given instanceof List<?> list) {
                list.forEach(name -> names.add(String.valueOf(name)));
            }
            return names;
        }

        private int count(String keyword, int otherwise) {
            if (!has(keyword)) {
                return otherwise;
            }
            if (get(keyword) instanceof Integer count && count >= 0) {
                return count;
            }
            throw invalid(path + "/" + keyword, "must be a whole number from 0, got " + get(keyword));
        }

        private int ordered(String keyword, int least, int most) {
            if (most != Term.UNBOUNDED && most < least) {
                throw invalid(path + "/" + keyword, "must be at least " + least + ", got " + most);
            }
            return most;
        }
    }

    /** A value that may be null, in a list that takes none. */
    private record Box(@Nullable Object value) {
        static Box of(@Nullable Object value) {
            return new Box(value);
        }
    }

    private static boolean same(@Nullable Object a, @Nullable Object b) {
        return a == null ? b == null : a.equals(b);
    }

    private static boolean is(String type, @Nullable Object value) {
        return switch (type) {
            case "string" -> value instanceof String;
            case "integer" -> value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue());
            case "number" -> value instanceof Number;
            case "boolean" -> value instanceof Boolean;
            case "null" -> value == null;
            case "object" -> value instanceof Map<?, ?>;
            default -> value instanceof List<?>;
        };
    }
}
