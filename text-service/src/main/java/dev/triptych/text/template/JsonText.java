package dev.triptych.text.template;

import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes values as Python's {@code json.dumps(value, ensure_ascii=False)} does, blanks included. */
final class JsonText {

    private final StringBuilder out = new StringBuilder();
    private final String indent;

    private JsonText(String indent) {
        this.indent = indent;
    }

    /** @param indent blanks of each level as a number, or null for one line */
    static String of(@Nullable Object value, @Nullable Object indent) {
        JsonText json = new JsonText(indent == null ? "" : " ".repeat(Values.integer(indent)));
        json.write(value, "\n");
        return json.out.toString();
    }

    private void write(@Nullable Object value, String line) {
        switch (value) {
            case null -> out.append("null");
            case Boolean flag -> out.append(flag);
            case String text -> string(text);
            case Map<?, ?> map -> map(map, line);
            case Collection<?> list -> list(list, line);
            case Long number -> out.append(number);
            case Double number -> out.append(number);
            default -> throw new TemplateException(Values.kind(value) + " cannot be written as JSON");
        }
    }

    private void map(Map<?, ?> map, String line) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        out.append('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            begin(line);
            string(Values.text(entry.getKey()));
            out.append(": ");
            write(entry.getValue(), line + indent);
            separate(entries.hasNext());
        }
        end(line, '}');
    }

    private void list(Collection<?> list, String line) {
        if (list.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        Iterator<?> elements = list.iterator();
        while (elements.hasNext()) {
            begin(line);
            write(elements.next(), line + indent);
            separate(elements.hasNext());
        }
        end(line, ']');
    }

    private void begin(String line) {
        if (!indent.isEmpty()) {
            out.append(line).append(indent);
        }
    }

    private void separate(boolean more) {
        if (more) {
            out.append(indent.isEmpty() ? ", " : ",");
        }
    }

    private void end(String line, char close) {
        if (!indent.isEmpty()) {
            out.append(line);
        }
        out.append(close);
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
