package dev.triptych.text.decoding.constraint;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON texts (RFC 8259) in one layout: a space may follow a comma or a colon, and there is no other white space. Numbers
 * have bounded digits, so that readers with 64 bits take them.
 */
final class JsonTerms {

    /** How deep lists and objects may lie in each other where no schema says. */
    static final int MAX_DEPTH = 5;

    /** Of a number before its point, and behind it. */
    static final int MAX_DIGITS = 18;

    static final Term COMMA = Term.inOrder(Term.text(","), Term.optional(Term.text(" ")));
    static final Term COLON = Term.inOrder(Term.text(":"), Term.optional(Term.text(" ")));
    static final Term STRING = new Term.Quoted(new Term.Repeat(Term.ANY, 0, Term.UNBOUNDED));
    static final Term BOOLEAN = Term.choice(Term.text("true"), Term.text("false"));
    static final Term NULL = Term.text("null");

    static final Term DIGIT = new Term.Chars(CharClasses.DIGITS);
    private static final Term NATURAL = Term.inOrder(Term.range('1', '9'), new Term.Repeat(DIGIT, 0, MAX_DIGITS - 1));

    static final Term INTEGER = Term.choice(Term.text("0"), Term.inOrder(Term.optional(Term.text("-")), NATURAL));

    static final Term NUMBER = Term.inOrder(
            Term.optional(Term.text("-")),
            Term.choice(Term.text("0"), NATURAL),
            Term.optional(Term.inOrder(Term.text("."), new Term.Repeat(DIGIT, 1, MAX_DIGITS))),
            Term.optional(Term.inOrder(
                    new Term.Chars(CodePoints.anyOf("eE")),
                    Term.optional(new Term.Chars(CodePoints.anyOf("+-"))),
                    new Term.Repeat(DIGIT, 1, 2))));

    private JsonTerms() {}

    /** Any value with so many lists and objects in each other. */
    static Term anyValue(int depth) {
        Term scalar = Term.choice(STRING, NUMBER, BOOLEAN, NULL);
        return depth == 0 ? scalar : Term.choice(scalar, anyObject(depth), anyList(depth));
    }

    /** @param depth of lists and objects in each other, this one included */
    static Term anyObject(int depth) {
        return object(STRING, anyValue(depth - 1));
    }

    static Term anyList(int depth) {
        return list(anyValue(depth - 1), 0, Term.UNBOUNDED);
    }

    /** Any number of members whose values are alike. */
    static Term object(Term key, Term value) {
        return Term.inOrder(
                Term.text("{"),
                Term.optional(new Term.Separated(Term.inOrder(key, COLON, value), COMMA)),
                Term.text("}"));
    }

    /** Members in this order. */
    static Term object(List<Term.Member> members) {
        return Term.inOrder(Term.text("{"), new Term.Members(members, COMMA), Term.text("}"));
    }

    static Term list(Term item, int least, int most) {
        Term items;
        if (most == 0) {
            items = Term.EMPTY;
        } else if (least <= 1 && most == Term.UNBOUNDED) {
            items = new Term.Separated(item, COMMA);
        } else {
            items = Term.inOrder(
                    item,
                    new Term.Repeat(
                            Term.inOrder(COMMA, item),
                            Math.max(least - 1, 0),
                            most == Term.UNBOUNDED ? most : most - 1));
        }
        return Term.inOrder(Term.text("["), least == 0 ? Term.optional(items) : items, Term.text("]"));
    }

    /** A value as it is. */
    static Term literal(@Nullable Object value) {
        return switch (value) {
            case null -> NULL;
            case String text -> new Term.Quoted(Term.text(text));
            case BigDecimal number -> Term.text(number.toString());
            case List<?> items -> {
                List<Term> terms = new ArrayList<>();
                terms.add(Term.text("["));
                for (Object item : items) {
                    if (terms.size() > 1) {
                        terms.add(COMMA);
                    }
                    terms.add(literal(item));
                }
                terms.add(Term.text("]"));
                yield new Term.InOrder(terms);
            }
            case Map<?, ?> members ->
                object(members.entrySet().stream()
                        .map(member -> member(String.valueOf(member.getKey()), literal(member.getValue()), true))
                        .toList());
            default -> Term.text(value.toString());
        };
    }

    static Term.Member member(String name, Term value, boolean required) {
        return new Term.Member(Term.inOrder(new Term.Quoted(Term.text(name)), COLON, value), required);
    }
}
