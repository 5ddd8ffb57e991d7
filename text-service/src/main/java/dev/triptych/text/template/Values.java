package dev.triptych.text.template;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Python's meaning of values: null is {@code None}, numbers are {@code Long} and {@code Double}, lists and maps are
 * Java's.
 */
final class Values {

    private Values() {}

    static boolean truth(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Undefined ignored -> false;
            case Boolean flag -> flag;
            case Long number -> number != 0;
            case Double number -> number != 0;
            case String text -> !text.isEmpty();
            case Collection<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    /** As {@code str()} writes it. */
    static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "None";
            case Undefined ignored -> "";
            case String text -> text;
            default -> representation(value);
        };
    }

    /** As {@code repr()} writes it. */
    private static String representation(@Nullable Object value) {
        return switch (value) {
            case null -> "None";
            case Boolean flag -> flag ? "True" : "False";
            case String text -> quoted(text);
            case Collection<?> list ->
                list.stream().map(Values::representation).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(entry -> representation(entry.getKey()) + ": " + representation(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            default -> String.valueOf(value);
        };
    }

    private static String quoted(String text) {
        char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
        String escaped = text.replace("\\", "\\\\")
                .replace("\n", "\\n")
                .replace("\t", "\\t")
                .replace("\r", "\\r");
        return quote + (quote == '\'' ? escaped.replace("'", "\\'") : escaped) + quote;
    }

    static boolean equal(@Nullable Object one, @Nullable Object other) {
        if (isNumber(one) && isNumber(other)) {
            return number(one) == number(other);
        }
        if (one instanceof Undefined && other instanceof Undefined) {
            return true;
        }
        return Objects.equals(one, other);
    }

    static int compare(@Nullable Object one, @Nullable Object other) {
        if (isNumber(one) && isNumber(other)) {
            return Double.compare(number(one), number(other));
        }
        if (one instanceof String a && other instanceof String b) {
            return a.compareTo(b);
        }
        throw new TemplateException("cannot order " + kind(one) + " and " + kind(other));
    }

    static boolean contains(@Nullable Object container, @Nullable Object item) {
        return switch (container) {
            case String text -> text.contains(string(item));
            case Map<?, ?> map -> map.containsKey(item);
            case Undefined ignored -> false;
            case null, default -> list(container).stream().anyMatch(element -> equal(element, item));
        };
    }

    static @Nullable Object add(@Nullable Object one, @Nullable Object other) {
        if (one instanceof String a && other instanceof String b) {
            return a + b;
        }
        if (one instanceof List<?> a && other instanceof List<?> b) {
            List<@Nullable Object> joined = new ArrayList<>(a);
            joined.addAll(b);
            return joined;
        }
        return arithmetic("+", one, other);
    }

    /** {@code + - * / // % **} on numbers, and a text or list times a number. */
    static @Nullable Object arithmetic(String operator, @Nullable Object one, @Nullable Object other) {
        if (operator.equals("*") && one instanceof String text && other instanceof Long times) {
            return text.repeat((int) Math.max(0, times));
        }
        if (!isNumber(one) || !isNumber(other)) {
            if (one instanceof Undefined undefined) {
                throw undefined.used();
            }
            if (other instanceof Undefined undefined) {
                throw undefined.used();
            }
            throw new TemplateException("'" + operator + "' does not take " + kind(one) + " and " + kind(other));
        }
        if (isWhole(one) && isWhole(other) && !operator.equals("/")) {
            return whole(operator, (long) number(one), (long) number(other));
        }
        double a = number(one);
        double b = number(other);
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor(a / b);
            case "%" -> a - b * Math.floor(a / b);
            default -> Math.pow(a, b);
        };
    }

    private static Object whole(String operator, long a, long b) {
        if (b == 0 && (operator.equals("//") || operator.equals("%"))) {
            throw new TemplateException("division by zero");
        }
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "//" -> Math.floorDiv(a, b);
            case "%" -> Math.floorMod(a, b);
            default -> (long) Math.pow(a, b);
        };
    }

    /** What a loop goes over: a list's elements, a map's keys, a text's characters; nothing for what is undefined. */
    static List<@Nullable Object> list(@Nullable Object value) {
        return switch (value) {
            case Undefined ignored -> List.of();
            case Collection<?> list -> new ArrayList<>(list);
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case String text ->
                new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList());
            case null, default -> throw new TemplateException(kind(value) + " cannot be gone over");
        };
    }

    static long length(@Nullable Object value) {
        return value instanceof String text
                ? text.codePointCount(0, text.length())
                : list(value).size();
    }

    static String string(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        throw new TemplateException("a text is needed, not " + kind(value));
    }

    static int integer(@Nullable Object value) {
        if (isWhole(value)) {
            return Math.toIntExact((long) number(value));
        }
        throw new TemplateException("a whole number is needed, not " + kind(value));
    }

    static boolean isNumber(@Nullable Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    static boolean isWhole(@Nullable Object value) {
        return value instanceof Long || value instanceof Boolean;
    }

    static double number(@Nullable Object value) {
        return switch (value) {
            case Long number -> number;
            case Double number -> number;
            case Boolean flag -> flag ? 1 : 0;
            case null, default -> throw new TemplateException("a number is needed, not " + kind(value));
        };
    }

    static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "None";
            case Undefined undefined -> "the undefined '" + undefined.name() + "'";
            case String ignored -> "a text";
            case Map<?, ?> ignored -> "a mapping";
            case Collection<?> ignored -> "a list";
            default -> value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        };
    }
}
