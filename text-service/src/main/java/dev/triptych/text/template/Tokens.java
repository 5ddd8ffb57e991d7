package dev.triptych.text.template;

import dev.triptych.text.template.Token.Kind;
import java.util.List;

/** The tokens of a template, read one after the other. */
final class Tokens {

    private final List<Token> tokens;
    private int position;

    Tokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(position);
    }

    Token next() {
        return tokens.get(position++);
    }

    boolean at(Kind kind) {
        return peek().kind() == kind;
    }

    boolean at(Kind kind, String text) {
        return peek().is(kind, text);
    }

    /** Whether a statement of that name begins here. */
    boolean atBlock(String name) {
        return at(Kind.BLOCK_BEGIN) && tokens.get(position + 1).is(Kind.NAME, name);
    }

    boolean accept(Kind kind, String text) {
        boolean there = at(kind, text);
        position += there ? 1 : 0;
        return there;
    }

    Token expect(Kind kind) {
        if (!at(kind)) {
            throw new TemplateException("expected " + kind + ", got " + peek().kind() + " '" + peek().text() + "'");
        }
        return next();
    }

    void expect(Kind kind, String text) {
        if (!accept(kind, text)) {
            throw new TemplateException("expected '" + text + "', got '" + peek().text() + "'");
        }
    }
}
