package dev.triptych.text.decoding.constraint;

import java.util.List;

/** A regular language of texts, as it is written. Immutable; terms may share parts. */
sealed interface Term {

    /** No bound on a count. */
    int UNBOUNDED = -1;

    /** The empty text only. */
    Term EMPTY = new InOrder(List.of());

    /** No text at all. */
    Term NOTHING = new Choice(List.of());

    /** Any single character. */
    Term ANY = new Chars(CodePoints.ALL);

    /** One character. */
    record Chars(CodePoints set) implements Term {}

    /** One behind the other. */
    record InOrder(List<Term> parts) implements Term {

        public InOrder {
            parts = List.copyOf(parts);
        }
    }

    /** One of them. */
    record Choice(List<Term> options) implements Term {

        public Choice {
            options = List.copyOf(options);
        }
    }

    /** @param most {@link #UNBOUNDED} or at least {@code least} */
    record Repeat(Term part, int least, int most) implements Term {}

    /** Items, at least one, with a separator between them. */
    record Separated(Term item, Term separator) implements Term {}

    /** Members in this order with a separator between those that are there. */
    record Members(List<Member> members, Term separator) implements Term {

        public Members {
            members = List.copyOf(members);
        }
    }

    /** @param required whether it must be there */
    record Member(Term term, boolean required) {}

    /** A JSON string whose value is a text of {@code content}. */
    record Quoted(Term content) implements Term {}

    /** Those texts of {@code part} that have so many characters. */
    record Counted(Term part, int least, int most) implements Term {}

    /** The texts of both. */
    record Both(Term left, Term right) implements Term {}

    static Term text(String text) {
        return new InOrder(text.codePoints()
                .<Term>mapToObj(c -> new Chars(CodePoints.of(c)))
                .toList());
    }

    static Term inOrder(Term... parts) {
        return new InOrder(List.of(parts));
    }

    static Term choice(Term... options) {
        return new Choice(List.of(options));
    }

    static Term optional(Term part) {
        return new Repeat(part, 0, 1);
    }

    static Term range(int low, int high) {
        return new Chars(CodePoints.of(low, high));
    }
}
