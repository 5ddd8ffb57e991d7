package dev.triptych.text.template;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Attributes, items and slices of values, and the methods that Python's texts, lists and mappings have. */
final class Members {

    private static final Set<String> TEXT_METHODS = Set.of(
            "strip",
            "lstrip",
            "rstrip",
            "split",
            "rsplit",
            "splitlines",
            "startswith",
            "endswith",
            "upper",
            "lower",
            "title",
            "capitalize",
            "replace",
            "join",
            "find",
            "index",
            "count",
            "isdigit",
            "removeprefix",
            "removesuffix");

    private Members() {}

    /** A namespace's values, which {@code set} may change from inside a loop. */
    static final class Namespace {

        private final Map<String, @Nullable Object> values;

        Namespace(Map<String, @Nullable Object> values) {
            this.values = new HashMap<>(values);
        }

        void set(String name, @Nullable Object value) {
            values.put(name, value);
        }
    }

    /** {@code object.name}: a method first, then an item. */
    static @Nullable Object attribute(@Nullable Object object, String name) {
        if (object instanceof String text && TEXT_METHODS.contains(name)) {
            return (Callable) (List<@Nullable Object> arguments, Map<String, @Nullable Object> named) ->
                    text(text, name, arguments);
        }
        if (object instanceof Map<?, ?> map
                && Set.of("items", "keys", "values", "get").contains(name)) {
            return (Callable) (List<@Nullable Object> arguments, Map<String, @Nullable Object> named) ->
                    map(map, name, arguments);
        }
        return item(object, name);
    }

    /** {@code object[key]}, the attribute of that name where there is no such item. */
    static @Nullable Object item(@Nullable Object object, @Nullable Object key) {
        return switch (object) {
            case Undefined undefined -> throw undefined.used();
            case Namespace namespace
            when namespace.values.containsKey(Values.text(key)) -> namespace.values.get(Values.text(key));
            case Map<?, ?> map when map.containsKey(key) -> map.get(key);
            case List<?> list when Values.isWhole(key) -> at(list, Values.integer(key));
            case String text when Values.isWhole(key) -> at(Values.list(text), Values.integer(key));
            case null, default ->
                key instanceof String name && object instanceof String text && TEXT_METHODS.contains(name)
                        ? attribute(text, name)
                        : new Undefined(Values.text(key));
        };
    }

    private static @Nullable Object at(List<?> list, int index) {
        int place = index < 0 ? list.size() + index : index;
        return place >= 0 && place < list.size() ? list.get(place) : new Undefined("element " + index);
    }

    /** {@code object[from:to:step]}, each bound null where it is left out. */
    static Object slice(@Nullable Object object, @Nullable Object from, @Nullable Object to, @Nullable Object step) {
        List<@Nullable Object> all = Values.list(object);
        int size = all.size();
        int stride = step == null ? 1 : Values.integer(step);
        if (stride == 0) {
            throw new TemplateException("a slice cannot step by 0");
        }
        int lowest = stride > 0 ? 0 : -1;
        int highest = stride > 0 ? size : size - 1;
        int start = from == null ? (stride > 0 ? 0 : size - 1) : bound(Values.integer(from), size, lowest, highest);
        int end = to == null ? (stride > 0 ? size : -1) : bound(Values.integer(to), size, lowest, highest);
        List<@Nullable Object> chosen = new ArrayList<>();
        for (int i = start; stride > 0 ? i < end : i > end; i += stride) {
            chosen.add(all.get(i));
        }
        if (object instanceof String) {
            StringBuilder text = new StringBuilder();
            chosen.forEach(text::append);
            return text.toString();
        }
        return chosen;
    }

    private static int bound(int index, int size, int lowest, int highest) {
        return Math.clamp(index < 0 ? (long) index + size : index, lowest, highest);
    }

    static List<List<@Nullable Object>> pairs(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new TemplateException("a mapping is needed, not " + Values.kind(value));
        }
        List<List<@Nullable Object>> pairs = new ArrayList<>();
        map.forEach((key, item) -> pairs.add(new ArrayList<>(Arrays.asList(key, item))));
        return pairs;
    }

    private static @Nullable Object map(Map<?, ?> map, String method, List<@Nullable Object> arguments) {
        return switch (method) {
            case "items" -> pairs(map);
            case "keys" -> new ArrayList<>(map.keySet());
            case "values" -> new ArrayList<>(map.values());
            default ->
                map.containsKey(arguments.getFirst())
                        ? map.get(arguments.getFirst())
                        : arguments.size() > 1 ? arguments.get(1) : null;
        };
    }

    /** A text's method. */
    static Object text(String text, String method, List<@Nullable Object> arguments) {
        return switch (method) {
            case "strip" -> stripped(text, arguments, true, true);
            case "lstrip" -> stripped(text, arguments, true, false);
            case "rstrip" -> stripped(text, arguments, false, true);
            case "split", "rsplit" -> split(text, arguments, method.equals("rsplit"));
            case "splitlines" -> text.lines().toList();
            case "startswith" -> anyOf(arguments).stream().anyMatch(text::startsWith);
            case "endswith" -> anyOf(arguments).stream().anyMatch(text::endsWith);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "title" -> title(text);
            case "capitalize" ->
                text.isEmpty()
                        ? text
                        : text.substring(0, 1).toUpperCase(Locale.ROOT)
                                + text.substring(1).toLowerCase(Locale.ROOT);
            case "replace" -> replaced(text, arguments);
            case "join" ->
                String.join(
                        text,
                        Values.list(arguments.getFirst()).stream()
                                .map(Values::string)
                                .toList());
            case "find" -> (long) text.indexOf(Values.string(arguments.getFirst()));
            case "index" -> found(text, Values.string(arguments.getFirst()));
            case "count" -> (long) text.split(Pattern.quote(Values.string(arguments.getFirst())), -1).length - 1;
            case "isdigit" -> !text.isEmpty() && text.chars().allMatch(Character::isDigit);
            case "removeprefix" -> without(text, Values.string(arguments.getFirst()), true);
            case "removesuffix" -> without(text, Values.string(arguments.getFirst()), false);
            default -> throw new TemplateException("texts have no method '" + method + "'");
        };
    }

    private static String stripped(String text, List<@Nullable Object> arguments, boolean left, boolean right) {
        String characters =
                arguments.isEmpty() || arguments.getFirst() == null ? null : Values.string(arguments.getFirst());
        int start = 0;
        int end = text.length();
        while (left && start < end && strips(text.charAt(start), characters)) {
            start++;
        }
        while (right && end > start && strips(text.charAt(end - 1), characters)) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean strips(char c, @Nullable String characters) {
        return characters == null ? Character.isWhitespace(c) || c == '\u00a0' : characters.indexOf(c) >= 0;
    }

    private static List<@Nullable Object> split(String text, List<@Nullable Object> arguments, boolean fromRight) {
        String separator =
                arguments.isEmpty() || arguments.getFirst() == null ? null : Values.string(arguments.getFirst());
        int most = arguments.size() > 1 ? Values.integer(arguments.get(1)) : -1;
        if (separator == null) {
            String bare = text.strip();
            return bare.isEmpty()
                    ? new ArrayList<>()
                    : new ArrayList<>(Arrays.asList(bare.split("\\s+", most < 0 ? 0 : most + 1)));
        }
        List<@Nullable Object> parts = new ArrayList<>();
        String rest = text;
        while (most < 0 || parts.size() < most) {
            int place = fromRight ? rest.lastIndexOf(separator) : rest.indexOf(separator);
            if (place < 0) {
                break;
            }
            String behind = rest.substring(place + separator.length());
            parts.add(fromRight ? behind : rest.substring(0, place));
            rest = fromRight ? rest.substring(0, place) : behind;
        }
        parts.add(rest);
        return fromRight ? parts.reversed() : parts;
    }

    private static List<String> anyOf(List<@Nullable Object> arguments) {
        Object argument = arguments.getFirst();
        return argument instanceof List<?> list
                ? list.stream().map(Values::string).toList()
                : List.of(Values.string(argument));
    }

    private static String title(String text) {
        StringBuilder titled = new StringBuilder();
        boolean inWord = false;
        for (char c : text.toCharArray()) {
            titled.append(inWord ? Character.toLowerCase(c) : Character.toUpperCase(c));
            inWord = Character.isLetter(c);
        }
        return titled.toString();
    }

    private static String replaced(String text, List<@Nullable Object> arguments) {
        String old = Values.string(arguments.get(0));
        String fresh = Values.string(arguments.get(1));
        if (arguments.size() < 3 || arguments.get(2) == null) {
            return text.replace(old, fresh);
        }
        List<@Nullable Object> parts = split(text, Arrays.asList(old, arguments.get(2)), false);
        return String.join(fresh, parts.stream().map(Values::string).toList());
    }

    private static long found(String text, String part) {
        int place = text.indexOf(part);
        if (place < 0) {
            throw new TemplateException("the text has no '" + part + "'");
        }
        return place;
    }

    private static String without(String text, String part, boolean prefix) {
        if (prefix) {
            return text.startsWith(part) ? text.substring(part.length()) : text;
        }
        return text.endsWith(part) ? text.substring(0, text.length() - part.length()) : text;
    }
}
