package dev.triptych.text.template;

import java.time.Clock;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parsed template. Immutable; rendered from any thread. */
public final class Template {

    private static final int LONGEST_RANGE = 100_000;

    private final Statement body;
    private final Clock clock;

    private Template(Statement body, Clock clock) {
        this.body = body;
        this.clock = clock;
    }

    /**
     * Parses.
     *
     * @param clock what {@code strftime_now} tells
     * @throws TemplateException saying what it does not understand
     */
    public static Template parse(String source, Clock clock) {
        return new Template(new StatementParser(Lexer.tokens(source)).parse(), clock);
    }

    /**
     * Renders.
     *
     * @param values texts, longs, doubles, booleans, nulls, and lists and maps of those
     * @throws TemplateException if the template refuses them or cannot work with them
     */
    public String render(Map<String, ? extends @Nullable Object> values) {
        Scope scope = new Scope(null);
        scope.set("raise_exception", (Callable) (arguments, named) -> {
            throw TemplateException.raised(arguments.isEmpty() ? "" : Values.text(arguments.getFirst()));
        });
        scope.set("namespace", (Callable) (List<@Nullable Object> arguments, Map<String, @Nullable Object> named) ->
                new Members.Namespace(named));
        scope.set("range", (Callable)
                (List<@Nullable Object> arguments, Map<String, @Nullable Object> named) -> range(arguments));
        scope.set("dict", (Callable) (arguments, named) -> named);
        scope.set("strftime_now", (Callable) (arguments, named) -> now(Values.string(arguments.getFirst())));
        values.forEach(scope::set);
        StringBuilder out = new StringBuilder();
        body.run(scope, out);
        return out.toString();
    }

    private static List<Long> range(List<@Nullable Object> arguments) {
        int from = arguments.size() > 1 ? Values.integer(arguments.getFirst()) : 0;
        int to = Values.integer(arguments.get(arguments.size() > 1 ? 1 : 0));
        int step = arguments.size() > 2 ? Values.integer(arguments.get(2)) : 1;
        List<Long> numbers = new ArrayList<>();
        for (long i = from; step > 0 ? i < to : i > to; i += step) {
            if (step == 0 || numbers.size() == LONGEST_RANGE) {
                throw new TemplateException("a range has at most " + LONGEST_RANGE + " numbers");
            }
            numbers.add(i);
        }
        return numbers;
    }

    private String now(String format) {
        LocalDateTime now = LocalDateTime.now(clock);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            if (format.charAt(i) != '%' || i + 1 == format.length()) {
                text.append(format.charAt(i));
                continue;
            }
            char field = format.charAt(++i);
            String pattern = switch (field) {
                case 'd' -> "dd";
                case 'm' -> "MM";
                case 'Y' -> "yyyy";
                case 'y' -> "yy";
                case 'b' -> "MMM";
                case 'B' -> "MMMM";
                case 'a' -> "EEE";
                case 'A' -> "EEEE";
                case 'H' -> "HH";
                case 'M' -> "mm";
                case 'S' -> "ss";
                default -> throw new TemplateException("strftime_now does not know %" + field);
            };
            text.append(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(now));
        }
        return text.toString();
    }
}
