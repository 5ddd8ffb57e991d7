package dev.triptych.text.decoding.constraint;

import dev.triptych.text.generation.ParameterException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The JSON texts that a schema (draft 2020-12) takes, in one layout, with an object's members in the order of its
 * {@code properties}. What it cannot hold is refused by keyword, never passed over; what it produces always conforms, but
 * it need not produce all that does. Schemas that refer to themselves are followed a few levels deep.
 */
final class SchemaGrammar {

    static final List<String> TYPES = List.of("string", "integer", "number", "boolean", "null", "object", "array");

    private static final int MAX_NESTING = 32;
    private static final int UNTYPED_DEPTH = 2;

    /** How often a reference is followed below itself; what would lie deeper is left out. */
    private static final int MAX_RECURSION = 3;

    private final SchemaDocument document;
    private final SchemaAlternatives alternatives;
    private final Map<String, Term> resolved = new HashMap<>();
    private final Map<String, Integer> open = new HashMap<>();
    private int leftOut;

    /**
     * @param root the schema as maps, lists, strings, numbers and truth values
     * @param field whose value it is, for messages
     */
    SchemaGrammar(Object root, String field) {
        this.document = new SchemaDocument(root, field);
        this.alternatives = new SchemaAlternatives(document);
    }

    Term term() {
        return term(document.root(), "", 0);
    }

    /** @param path of the schema in the whole, for messages */
    private Term term(@Nullable Object given, String path, int nesting) {
        document.meet(path);
        if (nesting > MAX_NESTING) {
            throw document.invalid(path, "lies deeper than " + MAX_NESTING + " schemas in each other");
        }
        if (given instanceof Boolean allowed) {
            return allowed ? JsonTerms.anyValue(UNTYPED_DEPTH) : Term.NOTHING;
        }
        Map<?, ?> schema = document.object(given, path);
        if (isAlone(schema, "$ref")) {
            return reference(schema, path, nesting);
        }
        if (isAlone(schema, "anyOf")) {
            List<Term> options = new ArrayList<>();
            List<?> parts = document.list(schema, "anyOf", path);
            for (int i = 0; i < parts.size(); i++) {
                options.add(term(parts.get(i), path + "/anyOf/" + i, nesting + 1));
            }
            return new Term.Choice(options);
        }
        return schema.keySet().stream().anyMatch(SchemaDocument.COMBINING::contains)
                ? combined(schema, path, nesting)
                : new Node(schema, path, nesting).own();
    }

    private static boolean isAlone(Map<?, ?> schema, String keyword) {
        return schema.containsKey(keyword)
                && schema.keySet().stream()
                        .allMatch(
                                other -> other.equals(keyword) || SchemaDocument.NOTES.contains(String.valueOf(other)));
    }

    private Term combined(Map<?, ?> schema, String path, int nesting) {
        List<Map<String, @Nullable Object>> plain = alternatives.of(schema, path);
        return below(
                alternatives.takeFollowed(),
                () -> new Term.Choice(plain.stream()
                        .map(one -> new Node(one, path, nesting).own())
                        .toList()));
    }

    private Term reference(Map<?, ?> schema, String path, int nesting) {
        String pointer = document.pointer(schema, path);
        Term known = resolved.get(pointer);
        if (known != null) {
            return known;
        }
        Object target = document.target(pointer, path);
        int before = leftOut;
        Term term = below(Set.of(pointer), () -> term(target, pointer.substring(1), nesting + 1));
        if (leftOut == before) {
            resolved.put(pointer, term);
        }
        return term;
    }

    /** What lies below references; nothing where one of them is followed too deep. */
    private Term below(Set<String> pointers, Supplier<Term> deeper) {
        if (pointers.stream().anyMatch(pointer -> open.getOrDefault(pointer, 0) >= MAX_RECURSION)) {
            leftOut++;
            return Term.NOTHING;
        }
        pointers.forEach(pointer -> open.merge(pointer, 1, Integer::sum));
        Term term = deeper.get();
        pointers.forEach(pointer -> open.merge(pointer, -1, Integer::sum));
        return term;
    }

    private ParameterException invalid(String path, String rule) {
        return document.invalid(path, rule);
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

        Term own() {
            if (!has("enum") && !has("const")) {
                return typed();
            }
            boolean more = map.keySet().stream()
                    .map(String::valueOf)
                    .anyMatch(keyword ->
                            !SchemaDocument.OF_ANY.contains(keyword) && !SchemaDocument.NOTES.contains(keyword));
            return more ? new Term.Both(values(), typed()) : values();
        }

        /** An enumeration's values, of those types that are allowed beside. */
        Term values() {
            List<String> types = has("type") ? types() : TYPES;
            List<Term> options = new ArrayList<>();
            for (Object value : has("enum") ? document.list(map, "enum", path) : List.of(Box.of(get("const")))) {
                @Nullable Object plain = value instanceof Box box ? box.value : value;
                boolean wanted = !has("const") || !has("enum") || SchemaConjunction.same(plain, get("const"));
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
            for (Object type : get("type") instanceof String one ? List.of(one) : document.list(map, "type", path)) {
                if (!(type instanceof String name) || !TYPES.contains(name)) {
                    throw invalid(path + "/type", "must be one of " + TYPES + " or a list of them, got " + type);
                }
                types.add(name);
            }
            return types;
        }

        /** Without a type, what the keywords are about is one that conforms. */
        private List<String> impliedTypes() {
            if (SchemaDocument.OF_OBJECTS.stream().anyMatch(this::has)) {
                return List.of("object");
            }
            if (SchemaDocument.OF_LISTS.stream().anyMatch(this::has)) {
                return List.of("array");
            }
            if (SchemaDocument.OF_STRINGS.stream().anyMatch(this::has)) {
                return List.of("string");
            }
            return SchemaDocument.OF_NUMBERS.stream().anyMatch(this::has) ? List.of("number") : List.of();
        }

        private Term ofType(String type) {
            return switch (type) {
                case "string" -> string();
                case "integer" -> range().isUnbounded() ? JsonTerms.INTEGER : range().integers();
                case "number" -> range().isUnbounded() ? JsonTerms.NUMBER : range().decimals();
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
            Term matching = patterns();
            boolean counted = least > 0 || most != Term.UNBOUNDED;
            return new Term.Quoted(
                    counted ? new Term.Counted(matching, least, ordered("maxLength", least, most)) : matching);
        }

        private Term patterns() {
            List<String> patterns = switch (get("pattern")) {
                case String pattern -> List.of(pattern);
                case SchemaConjunction.Patterns several -> several.all();
                case null, default -> throw invalid(path + "/pattern", "must be a string");
            };
            String place = document.field() + " at " + path + "/pattern";
            return patterns.stream()
                    .map(pattern -> new RegexParser(pattern, document.field(), place).within())
                    .reduce(Term.Both::new)
                    .orElseThrow();
        }

        private NumberRange range() {
            for (String keyword : SchemaDocument.OF_NUMBERS) {
                if (has(keyword) && SchemaConjunction.number(get(keyword)) == null) {
                    throw invalid(path + "/" + keyword, "must be a number, got " + get(keyword));
                }
            }
            return SchemaConjunction.range(map);
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

    static boolean is(String type, @Nullable Object value) {
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
