package dev.triptych.text.template;

/**
 * A piece of a template.
 *
 * @param kind what it is
 * @param text a name, an operator, or a literal's value
 */
record Token(Kind kind, String text) {

    enum Kind {
        /** Template text, printed as it is. */
        TEXT,
        /** Start of a printed expression, and its end. */
        PRINT_BEGIN,
        PRINT_END,
        /** Start of a statement, and its end. */
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean is(Kind other, String value) {
        return kind == other && text.equals(value);
    }
}
