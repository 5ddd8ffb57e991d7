package dev.triptych.text.decoding.constraint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes schemas apart into alternatives without {@code $ref}, {@code allOf}, {@code anyOf} and {@code oneOf}: a value that
 * conforms to one of them conforms to the schema. {@code oneOf} is {@code anyOf} where no value can be of two of its schemas;
 * where that is not plain, it is refused. Members are left as they are, with {@code allOf} where two schemas have the same.
 */
final class SchemaAlternatives {

    /** The most alternatives of one schema. */
    private static final int MAX_ALTERNATIVES = 64;

    /** How deep members are compared to tell two schemas apart. */
    private static final int COMPARED_DEPTH = 4;

    private final SchemaDocument document;
    private final Set<String> open = new LinkedHashSet<>();
    private final Set<String> followed = new LinkedHashSet<>();
    private int comparing;

    SchemaAlternatives(SchemaDocument document) {
        this.document = document;
    }

    /**
     * A schema's alternatives; none where nothing conforms.
     *
     * @param path of the schema in the whole, for messages
     */
    List<Map<String, @Nullable Object>> of(@Nullable Object schema, String path) {
        document.meet(path);
        if (schema instanceof Boolean allowed) {
            return allowed ? List.of(Map.of()) : List.of();
        }
        Map<?, ?> map = document.object(schema, path);
        List<Map<String, @Nullable Object>> all = List.of(plain(map));
        if (map.containsKey("$ref")) {
            all = both(all, referred(map, path), path);
        }
        if (map.containsKey("allOf")) {
            for (List<Map<String, @Nullable Object>> part : parts(map, "allOf", path)) {
                all = both(all, part, path);
            }
        }
        for (String keyword : List.of("anyOf", "oneOf")) {
            if (map.containsKey(keyword)) {
                List<List<Map<String, @Nullable Object>>> parts = parts(map, keyword, path);
                if (keyword.equals("oneOf")) {
                    requireApart(parts, path);
                }
                all = both(all, parts.stream().flatMap(List::stream).toList(), path);
            }
        }
        return all;
    }

    /** The references that were followed since this was last asked. */
    Set<String> takeFollowed() {
        Set<String> taken = new LinkedHashSet<>(followed);
        followed.clear();
        return taken;
    }

    private static Map<String, @Nullable Object> plain(Map<?, ?> map) {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            String keyword = String.valueOf(key);
            if (!SchemaDocument.COMBINING.contains(keyword) && !SchemaDocument.NOTES.contains(keyword)) {
                plain.put(keyword, value);
            }
        });
        return plain;
    }

    private List<Map<String, @Nullable Object>> referred(Map<?, ?> map, String path) {
        String pointer = document.pointer(map, path);
        if (!open.add(pointer)) {
            throw document.invalid(path + "/$ref", "leads back to itself before anything lies in between");
        }
        followed.add(pointer);
        List<Map<String, @Nullable Object>> alternatives = of(document.target(pointer, path), pointer.substring(1));
        open.remove(pointer);
        return alternatives;
    }

    private List<List<Map<String, @Nullable Object>>> parts(Map<?, ?> map, String keyword, String path) {
        List<List<Map<String, @Nullable Object>>> parts = new ArrayList<>();
        List<?> schemas = document.list(map, keyword, path);
        for (int i = 0; i < schemas.size(); i++) {
            parts.add(of(schemas.get(i), path + "/" + keyword + "/" + i));
        }
        return parts;
    }

    private List<Map<String, @Nullable Object>> both(
            List<Map<String, @Nullable Object>> left, List<Map<String, @Nullable Object>> right, String path) {
        if ((long) left.size() * right.size() > MAX_ALTERNATIVES) {
            throw document.invalid(path, "comes to more than " + MAX_ALTERNATIVES + " alternatives");
        }
        List<Map<String, @Nullable Object>> met = new ArrayList<>();
        for (Map<String, @Nullable Object> one : left) {
            for (Map<String, @Nullable Object> other : right) {
                document.meet(path);
                Map<String, @Nullable Object> merged = SchemaConjunction.merge(one, other);
                if (merged != null) {
                    met.add(merged);
                }
            }
        }
        return met;
    }

    private void requireApart(List<List<Map<String, @Nullable Object>>> parts, String path) {
        for (int i = 0; i < parts.size(); i++) {
            for (int j = i + 1; j < parts.size(); j++) {
                if (!apart(parts.get(i), parts.get(j), path)) {
                    throw document.invalid(
                            path + "/oneOf",
                            "has schemas " + i + " and " + j
                                    + ", of which a value might be both; tell them apart by type, by "
                                    + "range, or by a required property of different constants, or use anyOf");
                }
            }
        }
    }

    private boolean apart(
            List<Map<String, @Nullable Object>> left, List<Map<String, @Nullable Object>> right, String path) {
        for (Map<String, @Nullable Object> one : left) {
            for (Map<String, @Nullable Object> other : right) {
                document.meet(path);
                if (!SchemaConjunction.apart(one, other, (a, b) -> membersApart(a, b, path))) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean membersApart(Object left, Object right, String path) {
        if (comparing == COMPARED_DEPTH) {
            return false;
        }
        comparing++;
        boolean apart = apart(of(left, path), of(right, path), path);
        comparing--;
        return apart;
    }
}
