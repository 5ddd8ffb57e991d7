package dev.triptych.text.template;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What may stand behind {@code is}. */
final class Tests {

    private static final Set<String> PLAIN = Set.of(
            "defined",
            "undefined",
            "none",
            "string",
            "number",
            "integer",
            "float",
            "boolean",
            "true",
            "false",
            "mapping",
            "iterable",
            "sequence",
            "callable",
            "odd",
            "even");
    private static final Set<String> WITH_ARGUMENT =
            Set.of("equalto", "eq", "ne", "in", "lt", "le", "gt", "ge", "divisibleby");

    private Tests() {}

    static boolean takesArgument(String name) {
        return WITH_ARGUMENT.contains(name);
    }

    /** @throws TemplateException if there is no test of that name */
    static void require(String name) {
        if (!PLAIN.contains(name) && !WITH_ARGUMENT.contains(name)) {
            throw new TemplateException("there is no test '" + name + "'");
        }
    }

    static boolean holds(String name, @Nullable Object value, @Nullable Object argument) {
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == null;
            case "string" -> value instanceof String;
            case "number" -> Values.isNumber(value);
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "mapping" -> value instanceof Map;
            case "iterable", "sequence" ->
                value instanceof Collection || value instanceof Map || value instanceof String;
            case "callable" -> value instanceof Callable;
            case "odd" -> Math.floorMod(Values.integer(value), 2) == 1;
            case "even" -> Math.floorMod(Values.integer(value), 2) == 0;
            case "equalto", "eq" -> Values.equal(value, argument);
            case "ne" -> !Values.equal(value, argument);
            case "in" -> Values.contains(argument, value);
            case "lt" -> Values.compare(value, argument) < 0;
            case "le" -> Values.compare(value, argument) <= 0;
            case "gt" -> Values.compare(value, argument) > 0;
            case "ge" -> Values.compare(value, argument) >= 0;
            default -> Math.floorMod(Values.integer(value), Values.integer(argument)) == 0;
        };
    }

    /** A test by its name, or the truth of a value where none is named. */
    static boolean holds(List<@Nullable Object> nameAndArgument, @Nullable Object value) {
        if (nameAndArgument.isEmpty()) {
            return Values.truth(value);
        }
        String name = Values.string(nameAndArgument.getFirst());
        require(name.equals("==") ? "eq" : name);
        return holds(
                name.equals("==") ? "eq" : name, value, nameAndArgument.size() > 1 ? nameAndArgument.get(1) : null);
    }
}
