package dev.triptych.text.decoding.constraint;

import dev.triptych.text.generation.ParameterException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a regular expression in the notation that JavaScript (ECMA-262) and Python share, as far as it describes a
 * regular language by itself: alternatives, groups, classes, quantifiers, and {@code ^} and {@code $} at either end of an
 * alternative. Where the two differ, what both match is taken.
 */
final class RegexParser {

    private static final int MAX_DEPTH = 64;
    private static final int MAX_COUNT = 10_000;

    private final int[] pattern;
    private final String field;
    private final String place;
    private int at;
    private int depth;

    /**
     * @param field whose value it is
     * @param place where in the field it stands, for messages
     */
    RegexParser(String pattern, String field, String place) {
        this.pattern = pattern.codePoints().toArray();
        this.field = field;
        this.place = place;
    }

    /** The texts that the pattern matches from their first character to their last. */
    Term whole() {
        return read(false);
    }

    /** The texts in which the pattern matches somewhere, as JSON Schema has it. */
    Term within() {
        return read(true);
    }

    private Term read(boolean anywhere) {
        Term term = alternatives(anywhere);
        if (at < pattern.length) {
            throw invalid("has a ) that closes nothing");
        }
        return term;
    }

    /** @param anywhere whether something may come before and behind, unless an anchor says otherwise */
    private Term alternatives(boolean anywhere) {
        List<Term> options = new ArrayList<>();
        options.add(sequence(anywhere));
        while (accept('|')) {
            options.add(sequence(anywhere));
        }
        return options.size() == 1 ? options.getFirst() : new Term.Choice(options);
    }

    private Term sequence(boolean anywhere) {
        List<Term> parts = new ArrayList<>();
        boolean outermost = depth == 0;
        boolean fromStart = outermost && accept('^');
        boolean toEnd = false;
        while (at < pattern.length && peek() != '|' && peek() != ')') {
            if (outermost && peek() == '$' && (at + 1 == pattern.length || pattern[at + 1] == '|')) {
                at++;
                toEnd = true;
            } else {
                parts.add(quantified());
            }
        }
        if (anywhere && !fromStart) {
            parts.addFirst(new Term.Repeat(Term.ANY, 0, Term.UNBOUNDED));
        }
        if (anywhere && !toEnd) {
            parts.addLast(new Term.Repeat(Term.ANY, 0, Term.UNBOUNDED));
        }
        return new Term.InOrder(parts);
    }

    private Term quantified() {
        Term term = atom();
        while (at < pattern.length) {
            int start = at;
            Term repeated = quantifier(term);
            if (at == start) {
                return term;
            }
            term = repeated;
            // Which of several matches is preferred makes no difference to what is matched.
            accept('?');
            if (at < pattern.length && peek() == '+') {
                throw invalid("has a possessive quantifier, which is not known here");
            }
        }
        return term;
    }

    private Term quantifier(Term term) {
        switch (peek()) {
            case '*' -> {
                at++;
                return new Term.Repeat(term, 0, Term.UNBOUNDED);
            }
            case '+' -> {
                at++;
                return new Term.Repeat(term, 1, Term.UNBOUNDED);
            }
            case '?' -> {
                at++;
                return Term.optional(term);
            }
            case '{' -> {
                return counted(term);
            }
            default -> {
                return term;
            }
        }
    }

    /** {@code {n}}, {@code {n,}} or {@code {n,m}}; other braces are characters. */
    private Term counted(Term term) {
        int start = at;
        at++;
        int least = number();
        int most = least;
        if (least >= 0 && accept(',')) {
            most = peekIs('}') ? Term.UNBOUNDED : number();
            if (most < 0 && !peekIs('}')) {
                least = -1;
            }
        }
        if (least < 0 || !accept('}')) {
            at = start;
            return term;
        }
        if (most != Term.UNBOUNDED && most < least) {
            throw invalid("has the count {" + least + "," + most + "}, whose bounds are in the wrong order");
        }
        return new Term.Repeat(term, least, most);
    }

    /** -1 where there is no number. */
    private int number() {
        int start = at;
        int value = 0;
        while (at < pattern.length && peek() >= '0' && peek() <= '9') {
            value = value * 10 + (pattern[at++] - '0');
            if (value > MAX_COUNT) {
                throw invalid("has a count above " + MAX_COUNT);
            }
        }
        return at == start ? -1 : value;
    }

    private Term atom() {
        int character = pattern[at++];
        return switch (character) {
            case '(' -> group();
            case '[' -> new Term.Chars(charClass());
            case '.' -> new Term.Chars(CharClasses.LINE_ENDS.not());
            case '\\' -> new Term.Chars(escape(false));
            case '*', '+', '?' -> throw invalid("has a quantifier behind nothing");
            case '^', '$' ->
                throw invalid("has an anchor other than at the beginning or end of an alternative outside of groups");
            case '{' -> {
                at--;
                Term same = counted(Term.EMPTY);
                if (same != Term.EMPTY) {
                    throw invalid("has a quantifier behind nothing");
                }
                at++;
                yield new Term.Chars(CodePoints.of('{'));
            }
            default -> new Term.Chars(single(character));
        };
    }

    private Term group() {
        if (accept('?')) {
            boolean named = accept('P');
            if (accept('<') && at < pattern.length && peek() != '=' && peek() != '!') {
                while (at < pattern.length && peek() != '>') {
                    at++;
                }
                at++;
            } else if (named || !accept(':')) {
                throw invalid("has an assertion, a flag or a reference, of which none is known here");
            }
        }
        if (++depth > MAX_DEPTH) {
            throw invalid("has more than " + MAX_DEPTH + " groups in each other");
        }
        Term inner = alternatives(false);
        depth--;
        if (!accept(')')) {
            throw invalid("has a ( that is not closed");
        }
        return inner;
    }

    private CodePoints charClass() {
        boolean negated = accept('^');
        CodePoints set = CodePoints.ALL.not();
        while (at < pattern.length && peek() != ']') {
            CodePoints from = classAtom();
            boolean range = at + 1 < pattern.length && peek() == '-' && pattern[at + 1] != ']';
            if (range) {
                at++;
                from = CodePoints.of(only(from), only(classAtom()));
                if (from.ranges().isEmpty()) {
                    throw invalid("has a range of characters in the wrong order");
                }
            }
            set = set.or(from);
        }
        if (!accept(']')) {
            throw invalid("has a [ that is not closed");
        }
        return negated ? set.not() : set;
    }

    private int only(CodePoints set) {
        if (set.ranges().size() != 1
                || set.ranges().getFirst().low() != set.ranges().getFirst().high()) {
            throw invalid("has a range with a class as its end");
        }
        return set.ranges().getFirst().low();
    }

    private CodePoints classAtom() {
        int character = pattern[at++];
        if (character == '[' && at < pattern.length && (peek() == ':' || peek() == '[')) {
            throw invalid("has a class within a class, which is not known here");
        }
        return character == '\\' ? escape(true) : single(character);
    }

    private CodePoints escape(boolean inClass) {
        if (at == pattern.length) {
            throw invalid("ends with a lone \\");
        }
        int name = pattern[at++];
        return switch (name) {
            case 'd' -> CharClasses.DIGITS;
            case 'D' -> CharClasses.DIGITS.not();
            case 'w' -> CharClasses.WORD;
            case 'W' -> CharClasses.WORD.not();
            case 's' -> CharClasses.SPACES;
            case 'S' -> CharClasses.ALL_SPACES.not();
            case 'n' -> single('\n');
            case 'r' -> single('\r');
            case 't' -> single('\t');
            case 'f' -> single('\f');
            case 'v' -> single(0x0B);
            case 'x' -> single(hex(2));
            case 'u' -> single(unicode());
            case 'b' -> {
                if (!inClass) {
                    throw invalid("has \\b, which is not known here");
                }
                yield single('\b');
            }
            default -> {
                boolean letterOrDigit = name < 0x80 && Character.isLetterOrDigit(name);
                if (letterOrDigit) {
                    throw invalid("has \\" + Character.toString(name) + ", which is not known here");
                }
                yield single(name);
            }
        };
    }

    private int unicode() {
        if (accept('{')) {
            int value = 0;
            while (at < pattern.length && peek() != '}') {
                value = value * 16 + digit();
                if (value > Character.MAX_CODE_POINT) {
                    throw invalid("has a code point above 10ffff");
                }
            }
            at++;
            return value;
        }
        int unit = hex(4);
        if (Character.isHighSurrogate((char) unit) && at + 1 < pattern.length && peek() == '\\') {
            at += 2;
            return Character.toCodePoint((char) unit, (char) hex(4));
        }
        return unit;
    }

    private int hex(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            value = value * 16 + digit();
        }
        return value;
    }

    private int digit() {
        int digit = at < pattern.length ? Character.digit(pattern[at++], 16) : -1;
        if (digit < 0) {
            throw invalid("has an escape without its hexadecimal digits");
        }
        return digit;
    }

    private CodePoints single(int codePoint) {
        CodePoints set = CodePoints.of(codePoint);
        if (set.ranges().isEmpty()) {
            throw invalid("has half of a character");
        }
        return set;
    }

    private int peek() {
        return pattern[at];
    }

    private boolean peekIs(int character) {
        return at < pattern.length && pattern[at] == character;
    }

    private boolean accept(int character) {
        boolean there = peekIs(character);
        at += there ? 1 : 0;
        return there;
    }

    private ParameterException invalid(String what) {
        return new ParameterException(field, place + " " + what + ", at character " + Math.min(at, pattern.length));
    }
}
