package dev.triptych.text.decoding.constraint;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Schemas without combining keywords, as maps: what holds of two at once, and whether a value may be one of both. Pure.
 */
final class SchemaConjunction {

    private static final List<String> LARGER = List.of("minLength", "minItems", "minimum", "exclusiveMinimum");
    private static final List<String> SMALLER = List.of("maxLength", "maxItems", "maximum", "exclusiveMaximum");
    private static final Set<String> NUMBERS = Set.of("integer", "number");

    private SchemaConjunction() {}

    /** Several patterns that a string must match, each of them. */
    record Patterns(List<String> all) {}

    /**
     * A schema for the values that two take; null where there are none.
     *
     * <p>Members that only one of them names are under the other's {@code additionalProperties} too.
     */
    static @Nullable Map<String, @Nullable Object> merge(
            Map<String, @Nullable Object> left, Map<String, @Nullable Object> right) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(left);
        right.forEach((keyword, value) -> merged.putIfAbsent(keyword, value));
        LARGER.forEach(keyword -> both(left, right, keyword, merged, (a, b) -> extreme(a, b, true)));
        SMALLER.forEach(keyword -> both(left, right, keyword, merged, (a, b) -> extreme(a, b, false)));
        both(left, right, "required", merged, SchemaConjunction::union);
        both(left, right, "pattern", merged, SchemaConjunction::patterns);
        both(left, right, "items", merged, SchemaConjunction::allOf);
        both(left, right, "additionalProperties", merged, SchemaConjunction::allOf);
        Map<String, Object> properties = properties(left, right);
        if (!properties.isEmpty()) {
            merged.put("properties", properties);
        }
        Set<String> types = new LinkedHashSet<>(types(left));
        if (left.containsKey("type") && right.containsKey("type")) {
            types = sharedTypes(types, types(right));
            merged.put("type", new ArrayList<>(types));
        }
        List<@Nullable Object> values = sharedValues(left, right);
        boolean fixed = isFixed(left) || isFixed(right);
        if (fixed) {
            merged.remove("const");
            merged.put("enum", values);
        }
        boolean none = fixed && values.isEmpty()
                || merged.containsKey("type") && types(merged).isEmpty();
        return none ? null : merged;
    }

    private static void both(
            Map<String, @Nullable Object> left,
            Map<String, @Nullable Object> right,
            String keyword,
            Map<String, @Nullable Object> merged,
            BinaryOperator<Object> how) {
        Object a = left.get(keyword);
        Object b = right.get(keyword);
        if (a != null && b != null) {
            merged.put(keyword, how.apply(a, b));
        }
    }

    /** What is no number is left for the grammar to refuse. */
    private static Object extreme(Object a, Object b, boolean larger) {
        if (!(number(a) instanceof BigDecimal first)) {
            return a;
        }
        if (!(number(b) instanceof BigDecimal second)) {
            return b;
        }
        return first.compareTo(second) > 0 == larger ? a : b;
    }

    private static Object union(Object a, Object b) {
        if (!(a instanceof List<?> first) || !(b instanceof List<?> second)) {
            return a instanceof List<?> ? b : a;
        }
        Set<Object> union = new LinkedHashSet<>(first);
        union.addAll(second);
        return new ArrayList<>(union);
    }

    private static Object patterns(Object a, Object b) {
        List<String> all = new ArrayList<>();
        for (Object side : List.of(a, b)) {
            switch (side) {
                case String pattern -> all.add(pattern);
                case Patterns patterns -> all.addAll(patterns.all);
                default -> {
                    return side;
                }
            }
        }
        return new Patterns(all.stream().distinct().toList());
    }

    private static Object allOf(Object a, Object b) {
        return a.equals(b) ? a : Map.of("allOf", List.of(a, b));
    }

    private static Map<String, Object> properties(
            Map<String, @Nullable Object> left, Map<String, @Nullable Object> right) {
        Map<String, Object> merged = new LinkedHashMap<>();
        Map<String, Object> others = members(right);
        members(left).forEach((name, schema) -> {
            Object other = others.remove(name);
            merged.put(name, other == null ? beside(schema, right) : allOf(schema, other));
        });
        others.forEach((name, schema) -> merged.put(name, beside(schema, left)));
        return merged;
    }

    private static Object beside(Object schema, Map<String, @Nullable Object> other) {
        Object additional = other.get("additionalProperties");
        return additional == null || Boolean.TRUE.equals(additional) ? schema : allOf(schema, additional);
    }

    private static Map<String, Object> members(Map<String, @Nullable Object> schema) {
        Map<String, Object> members = new LinkedHashMap<>();
        if (schema.get("properties") instanceof Map<?, ?> given) {
            given.forEach((name, value) -> {
                if (value != null) {
                    members.put(String.valueOf(name), value);
                }
            });
        }
        return members;
    }

    private static Set<String> sharedTypes(Set<String> left, Set<String> right) {
        Set<String> shared = new LinkedHashSet<>();
        for (String type : left) {
            if (right.contains(type) || type.equals("integer") && right.contains("number")) {
                shared.add(type);
            } else if (type.equals("number") && right.contains("integer")) {
                shared.add("integer");
            }
        }
        return shared;
    }

    /** The types that are named; of unknown names the grammar complains. */
    static Set<String> types(Map<String, @Nullable Object> schema) {
        Set<String> types = new LinkedHashSet<>();
        Object type = schema.get("type");
        for (Object name : type instanceof List<?> list ? list : type == null ? List.of() : List.of(type)) {
            types.add(String.valueOf(name));
        }
        return types;
    }

    static boolean isFixed(Map<String, @Nullable Object> schema) {
        return schema.containsKey("enum") || schema.containsKey("const");
    }

    /** Fixed values that both allow. */
    private static List<@Nullable Object> sharedValues(
            Map<String, @Nullable Object> left, Map<String, @Nullable Object> right) {
        if (!isFixed(left) || !isFixed(right)) {
            return values(isFixed(left) ? left : right);
        }
        Set<@Nullable Object> other = new LinkedHashSet<>();
        values(right).forEach(value -> other.add(canonical(value)));
        List<@Nullable Object> shared = new ArrayList<>();
        for (Object value : values(left)) {
            if (other.contains(canonical(value))) {
                shared.add(value);
            }
        }
        return shared;
    }

    /** The fixed values of a schema that has some; a null stands for itself. */
    private static List<@Nullable Object> values(Map<String, @Nullable Object> schema) {
        List<@Nullable Object> values = new ArrayList<>();
        boolean both = schema.containsKey("enum") && schema.containsKey("const");
        if (schema.get("enum") instanceof List<?> list) {
            for (Object value : list) {
                if (!both || same(value, schema.get("const"))) {
                    values.add(value);
                }
            }
        } else if (schema.containsKey("const")) {
            values.add(schema.get("const"));
        }
        return values;
    }

    static boolean same(@Nullable Object a, @Nullable Object b) {
        Object first = canonical(a);
        return first == null ? b == null : first.equals(canonical(b));
    }

    /** Equal for values that JSON Schema calls equal: 1 is 1.0, and members have no order. */
    private static @Nullable Object canonical(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Number number -> number(number) instanceof BigDecimal exact ? exact.stripTrailingZeros() : number;
            case List<?> list -> list.stream().map(SchemaConjunction::describe).toList();
            case Map<?, ?> map -> {
                Map<String, String> members = new TreeMap<>();
                map.forEach((name, member) -> members.put(String.valueOf(name), describe(member)));
                yield members;
            }
            default -> value;
        };
    }

    private static String describe(@Nullable Object member) {
        Object canonical = canonical(member);
        return canonical == null ? "null" : canonical.getClass().getSimpleName() + canonical;
    }

    /** The exact value of a finite number; null for anything else. */
    static @Nullable BigDecimal number(@Nullable Object value) {
        boolean finite =
                value instanceof Number number && Double.isFinite(number.doubleValue()) || value instanceof BigInteger;
        return finite ? new BigDecimal(String.valueOf(value)) : null;
    }

    /** Whether it is plain that no value is taken by both; false where it may or may not be. */
    static boolean apart(Map<String, @Nullable Object> left, Map<String, @Nullable Object> right, Apart members) {
        if (merge(left, right) == null) {
            return true;
        }
        Set<String> shared = possibleTypes(left);
        shared = sharedTypes(shared, possibleTypes(right));
        if (shared.isEmpty()) {
            return true;
        }
        if (NUMBERS.containsAll(shared) && rangesApart(left, right)) {
            return true;
        }
        return shared.equals(Set.of("object"))
                && (membersApart(left, right, members) || forbids(left, right) || forbids(right, left));
    }

    /** Tells whether two schemas of any kind are plainly apart. */
    @FunctionalInterface
    interface Apart {
        boolean test(Object left, Object right);
    }

    private static Set<String> possibleTypes(Map<String, @Nullable Object> schema) {
        if (!isFixed(schema)) {
            return schema.containsKey("type") ? types(schema) : new LinkedHashSet<>(SchemaGrammar.TYPES);
        }
        Set<String> types = new LinkedHashSet<>();
        for (Object value : values(schema)) {
            SchemaGrammar.TYPES.stream()
                    .filter(type -> SchemaGrammar.is(type, value))
                    .forEach(types::add);
        }
        return types;
    }

    private static boolean rangesApart(Map<String, @Nullable Object> left, Map<String, @Nullable Object> right) {
        NumberRange a = range(left);
        NumberRange b = range(right);
        return above(a, b) || above(b, a);
    }

    private static boolean above(NumberRange higher, NumberRange lower) {
        NumberRange.Bound least = higher.least();
        NumberRange.Bound most = lower.most();
        if (least == null || most == null) {
            return false;
        }
        int compared = least.value().compareTo(most.value());
        return compared > 0 || compared == 0 && !(least.inclusive() && most.inclusive());
    }

    /** The bounds of numbers. */
    static NumberRange range(Map<?, ?> schema) {
        BigDecimal least = number(schema.get("minimum"));
        BigDecimal above = number(schema.get("exclusiveMinimum"));
        BigDecimal most = number(schema.get("maximum"));
        BigDecimal below = number(schema.get("exclusiveMaximum"));
        NumberRange.Bound low = least == null ? null : new NumberRange.Bound(least, true);
        NumberRange.Bound high = most == null ? null : new NumberRange.Bound(most, true);
        if (above != null && (least == null || above.compareTo(least) >= 0)) {
            low = new NumberRange.Bound(above, false);
        }
        if (below != null && (most == null || below.compareTo(most) <= 0)) {
            high = new NumberRange.Bound(below, false);
        }
        return new NumberRange(low, high);
    }

    /** Whether both need a member whose values are apart. */
    private static boolean membersApart(
            Map<String, @Nullable Object> left, Map<String, @Nullable Object> right, Apart apart) {
        Set<String> needed = required(left);
        needed.retainAll(required(right));
        for (String name : needed) {
            Object a = members(left).get(name);
            Object b = members(right).get(name);
            if (a != null && b != null && apart.test(a, b)) {
                return true;
            }
        }
        return false;
    }

    /** Whether one needs a member that the other does not take. */
    private static boolean forbids(Map<String, @Nullable Object> closed, Map<String, @Nullable Object> other) {
        return Boolean.FALSE.equals(closed.get("additionalProperties"))
                && !members(closed).keySet().containsAll(required(other));
    }

    private static Set<String> required(Map<String, @Nullable Object> schema) {
        Set<String> names = new LinkedHashSet<>();
        if (schema.get("required") instanceof List<?> list) {
            list.forEach(name -> names.add(String.valueOf(name)));
        }
        return names;
    }
}
