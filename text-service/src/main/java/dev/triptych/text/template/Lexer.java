package dev.triptych.text.template;

import dev.triptych.text.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a template into tokens, with {@code trim_blocks} (the newline behind a statement or comment goes) and
 * {@code lstrip_blocks} (blanks before one that starts its line go); {@code -} strips all white space on its side,
 * {@code +} keeps it.
 */
final class Lexer {

    private static final List<String> OPERATORS = List.of(
            "//", "**", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{",
            "}", ",", ".", ":", "|");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;

    private Lexer(String source) {
        // Jinja drops one newline at the very end.
        this.source = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
    }

    static List<Token> tokens(String source) {
        Lexer lexer = new Lexer(source.replace("\r\n", "\n"));
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        boolean stripLeft = false;
        while (position < source.length()) {
            int tag = nextTag();
            String text = source.substring(position, tag);
            text(text, tag, stripLeft);
            position = tag;
            stripLeft = tag < source.length() && tag();
        }
        tokens.add(new Token(Kind.END, ""));
    }

    private int nextTag() {
        for (int i = position; i + 1 < source.length(); i++) {
            if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return source.length();
    }

    private void text(String text, int tag, boolean stripLeft) {
        String kept = stripLeft ? text.stripLeading() : text;
        if (tag < source.length()) {
            char kind = source.charAt(tag + 1);
            char control = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
            if (control == '-') {
                kept = kept.stripTrailing();
            } else if (kind != '{' && control != '+') {
                kept = withoutIndent(kept, position == 0 || source.charAt(position - 1) == '\n');
            }
        }
        if (!kept.isEmpty()) {
            tokens.add(new Token(Kind.TEXT, kept));
        }
    }

    /** @param fromStart whether the text begins a line */
    private static String withoutIndent(String text, boolean fromStart) {
        int start = text.length();
        while (start > 0 && (text.charAt(start - 1) == ' ' || text.charAt(start - 1) == '\t')) {
            start--;
        }
        boolean startsLine = start == 0 ? fromStart : text.charAt(start - 1) == '\n';
        return startsLine ? text.substring(0, start) : text;
    }

    /** Reads one tag; returns whether the text behind it loses its leading white space. */
    private boolean tag() {
        char kind = source.charAt(position + 1);
        if (kind == '#') {
            int end = source.indexOf("#}", position + 2);
            if (end < 0) {
                throw new TemplateException("a comment has no end");
            }
            boolean strip = source.charAt(end - 1) == '-';
            position = end + 2;
            skipNewline(strip);
            return strip;
        }
        boolean print = kind == '{';
        tokens.add(new Token(print ? Kind.PRINT_BEGIN : Kind.BLOCK_BEGIN, ""));
        position += 2;
        if (position < source.length() && "-+".indexOf(source.charAt(position)) >= 0) {
            position++;
        }
        return inside(print);
    }

    private boolean inside(boolean print) {
        String close = print ? "}}" : "%}";
        int depth = 0;
        while (position < source.length()) {
            char c = source.charAt(position);
            boolean control = (c == '-' || c == '+') && source.startsWith(close, position + 1);
            if (depth == 0 && (control || source.startsWith(close, position))) {
                position += control ? 3 : 2;
                tokens.add(new Token(print ? Kind.PRINT_END : Kind.BLOCK_END, ""));
                if (!print && c != '+') {
                    skipNewline(control);
                }
                return control && c == '-';
            }
            if (Character.isWhitespace(c)) {
                position++;
            } else if (Character.isLetter(c) || c == '_') {
                int start = position;
                while (position < source.length()
                        && (Character.isLetterOrDigit(source.charAt(position)) || source.charAt(position) == '_')) {
                    position++;
                }
                tokens.add(new Token(Kind.NAME, source.substring(start, position)));
            } else if (Character.isDigit(c)) {
                number();
            } else if (c == '"' || c == '\'') {
                string(c);
            } else {
                String operator = operator();
                depth += "([{".contains(operator) ? 1 : ")]}".contains(operator) ? -1 : 0;
            }
        }
        throw new TemplateException("a tag has no end");
    }

    private void skipNewline(boolean stripped) {
        if (!stripped && position < source.length() && source.charAt(position) == '\n') {
            position++;
        }
    }

    private void number() {
        int start = position;
        boolean point = false;
        while (position < source.length()) {
            char c = source.charAt(position);
            boolean fraction = c == '.'
                    && !point
                    && position + 1 < source.length()
                    && Character.isDigit(source.charAt(position + 1));
            if (!Character.isDigit(c) && c != '_' && !fraction) {
                break;
            }
            point |= fraction;
            position++;
        }
        String text = source.substring(start, position).replace("_", "");
        tokens.add(new Token(point ? Kind.FLOAT : Kind.INTEGER, text));
    }

    private void string(char quote) {
        StringBuilder text = new StringBuilder();
        position++;
        while (position < source.length() && source.charAt(position) != quote) {
            char c = source.charAt(position++);
            if (c != '\\' || position == source.length()) {
                text.append(c);
                continue;
            }
            char escaped = source.charAt(position++);
            switch (escaped) {
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case '\\', '\'', '"' -> text.append(escaped);
                case 'u' -> {
                    text.append((char) Integer.parseInt(source.substring(position, position + 4), 16));
                    position += 4;
                }
                default -> text.append('\\').append(escaped);
            }
        }
        if (position == source.length()) {
            throw new TemplateException("a string has no end");
        }
        position++;
        tokens.add(new Token(Kind.STRING, text.toString()));
    }

    private String operator() {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, position)) {
                position += operator.length();
                tokens.add(new Token(Kind.OPERATOR, operator));
                return operator;
            }
        }
        throw new TemplateException("unexpected character '" + source.charAt(position) + "'");
    }
}
