package dev.triptych.text.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What may stand behind {@code |}. */
final class Filters {

    private static final Set<String> NAMES = Set.of(
            "abs",
            "capitalize",
            "count",
            "d",
            "default",
            "dictsort",
            "first",
            "float",
            "indent",
            "int",
            "items",
            "join",
            "last",
            "length",
            "list",
            "lower",
            "map",
            "reject",
            "rejectattr",
            "replace",
            "reverse",
            "safe",
            "select",
            "selectattr",
            "sort",
            "string",
            "sum",
            "title",
            "tojson",
            "trim",
            "unique",
            "upper");

    private Filters() {}

    /** @throws TemplateException if there is no filter of that name */
    static void require(String name) {
        if (!NAMES.contains(name)) {
            throw new TemplateException("there is no filter '" + name + "'");
        }
    }

    static @Nullable Object apply(
            String name,
            @Nullable Object value,
            List<@Nullable Object> arguments,
            Map<String, @Nullable Object> named) {
        return switch (name) {
            case "length", "count" -> Values.length(value);
            case "list" -> Values.list(value);
            case "string" -> Values.text(value);
            case "safe" -> value;
            case "default", "d" -> orDefault(value, arguments, named);
            case "first" ->
                Values.list(value).isEmpty()
                        ? new Undefined("first")
                        : Values.list(value).getFirst();
            case "last" ->
                Values.list(value).isEmpty()
                        ? new Undefined("last")
                        : Values.list(value).getLast();
            case "join" -> join(value, arguments, named);
            case "tojson" -> JsonText.of(value, argument(arguments, named, 0, "indent"));
            case "items" -> value instanceof Undefined ? List.of() : Members.pairs(value);
            case "dictsort" ->
                Members.pairs(value).stream()
                        .sorted((a, b) -> Values.compare(a.getFirst(), b.getFirst()))
                        .toList();
            case "map" -> map(value, arguments, named);
            case "select" ->
                Values.list(value).stream()
                        .filter(item -> Tests.holds(arguments, item))
                        .toList();
            case "reject" ->
                Values.list(value).stream()
                        .filter(item -> !Tests.holds(arguments, item))
                        .toList();
            case "selectattr" -> byAttribute(value, arguments, true);
            case "rejectattr" -> byAttribute(value, arguments, false);
            case "sort" -> sort(value, named);
            case "reverse" -> reversed(value);
            case "unique" -> new ArrayList<>(new LinkedHashSet<>(Values.list(value)));
            case "sum" -> Values.list(value).stream().reduce(0L, Values::add);
            case "abs" -> value instanceof Long number ? (Object) Math.abs(number) : Math.abs(Values.number(value));
            case "int" -> toInt(value);
            case "float" -> value instanceof String text ? Double.parseDouble(text.strip()) : Values.number(value);
            case "indent" -> indent(Values.text(value), arguments, named);
            case "trim" -> Members.text(Values.text(value), "strip", arguments);
            default -> Members.text(Values.text(value), name, arguments);
        };
    }

    private static @Nullable Object argument(
            List<@Nullable Object> arguments, Map<String, @Nullable Object> named, int index, String name) {
        return arguments.size() > index ? arguments.get(index) : named.get(name);
    }

    private static @Nullable Object orDefault(
            @Nullable Object value, List<@Nullable Object> arguments, Map<String, @Nullable Object> named) {
        Object otherwise = arguments.isEmpty() ? named.getOrDefault("default_value", "") : arguments.getFirst();
        boolean falseToo = Values.truth(argument(arguments, named, 1, "boolean"));
        return value instanceof Undefined || falseToo && !Values.truth(value) ? otherwise : value;
    }

    private static String join(
            @Nullable Object value, List<@Nullable Object> arguments, Map<String, @Nullable Object> named) {
        Object between = argument(arguments, named, 0, "d");
        Object attribute = argument(arguments, named, 1, "attribute");
        return Values.list(value).stream()
                .map(item -> Values.text(attribute == null ? item : Members.item(item, attribute)))
                .collect(Collectors.joining(between == null ? "" : Values.text(between)));
    }

    private static List<@Nullable Object> map(
            @Nullable Object value, List<@Nullable Object> arguments, Map<String, @Nullable Object> named) {
        List<@Nullable Object> mapped = new ArrayList<>();
        for (Object item : Values.list(value)) {
            if (named.containsKey("attribute")) {
                Object found = Members.item(item, named.get("attribute"));
                mapped.add(found instanceof Undefined && named.containsKey("default") ? named.get("default") : found);
            } else {
                String filter = Values.string(arguments.getFirst());
                require(filter);
                mapped.add(apply(filter, item, arguments.subList(1, arguments.size()), named));
            }
        }
        return mapped;
    }

    private static List<@Nullable Object> byAttribute(
            @Nullable Object value, List<@Nullable Object> arguments, boolean wanted) {
        List<@Nullable Object> chosen = new ArrayList<>();
        for (Object item : Values.list(value)) {
            Object attribute = Members.item(item, arguments.getFirst());
            if (Tests.holds(arguments.subList(1, arguments.size()), attribute) == wanted) {
                chosen.add(item);
            }
        }
        return chosen;
    }

    private static List<@Nullable Object> sort(@Nullable Object value, Map<String, @Nullable Object> named) {
        Object attribute = named.get("attribute");
        Comparator<@Nullable Object> order = (a, b) -> Values.compare(
                attribute == null ? a : Members.item(a, attribute), attribute == null ? b : Members.item(b, attribute));
        List<@Nullable Object> sorted = Values.list(value);
        sorted.sort(Values.truth(named.get("reverse")) ? order.reversed() : order);
        return sorted;
    }

    private static Object reversed(@Nullable Object value) {
        return value instanceof String text
                ? new StringBuilder(text).reverse().toString()
                : Values.list(value).reversed();
    }

    private static Object toInt(@Nullable Object value) {
        if (value instanceof String text) {
            try {
                return Long.parseLong(text.strip());
            } catch (NumberFormatException e) {
                return 0L;
            }
        }
        return (long) Values.number(value);
    }

    private static String indent(String text, List<@Nullable Object> arguments, Map<String, @Nullable Object> named) {
        Object width = argument(arguments, named, 0, "width");
        String blanks = width instanceof String given ? given : " ".repeat(width == null ? 4 : Values.integer(width));
        boolean first = Values.truth(argument(arguments, named, 1, "first"));
        boolean blank = Values.truth(argument(arguments, named, 2, "blank"));
        String[] lines = text.split("\n", -1);
        for (int i = first ? 0 : 1; i < lines.length; i++) {
            lines[i] = lines[i].isEmpty() && !blank && i > 0 ? "" : blanks + lines[i];
        }
        return String.join("\n", lines);
    }
}
