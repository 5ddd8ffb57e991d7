package dev.triptych.text.decoding.constraint;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The numbers between two bounds as they are written in decimal digits without an exponent, exactly: digit by digit a number
 * stays at a bound or leaves it.
 *
 * <pre>
 *   25 to 130     2[5-9]  [3-9][0-9]  1[0-2][0-9]  130
 * </pre>
 *
 * @param least null: none
 * @param most null: none
 */
record NumberRange(@Nullable Bound least, @Nullable Bound most) {

    private static final int MAX_DIGITS = JsonTerms.MAX_DIGITS;
    private static final BigInteger LARGEST = BigInteger.TEN.pow(MAX_DIGITS).subtract(BigInteger.ONE);
    private static final Bound ZERO = new Bound(BigDecimal.ZERO, true);
    private static final Bound ABOVE_ZERO = new Bound(BigDecimal.ZERO, false);

    /** @param inclusive whether the value itself is within */
    record Bound(BigDecimal value, boolean inclusive) {

        Bound negated() {
            return new Bound(value.negate(), inclusive);
        }

        /** Digits before the point. */
        BigInteger whole() {
            return value.toBigInteger();
        }

        /** Digits behind the point without zeros at their end. */
        String fraction() {
            BigDecimal rest = value.remainder(BigDecimal.ONE).stripTrailingZeros();
            return rest.signum() == 0 ? "" : rest.toPlainString().substring(2);
        }
    }

    boolean isUnbounded() {
        return least == null && most == null;
    }

    /** The whole numbers. */
    Term integers() {
        BigInteger low = least == null ? LARGEST.negate() : ceiling(least);
        BigInteger high = most == null ? LARGEST : ceiling(most.negated()).negate();
        Term negative = Term.inOrder(
                Term.text("-"),
                naturals(
                        high.min(BigInteger.ONE.negate()).negate(), low.negate().min(LARGEST)));
        boolean zero = low.signum() <= 0 && high.signum() >= 0;
        Term positive = naturals(low.max(BigInteger.ONE), high.min(LARGEST));
        return Term.choice(negative, zero ? Term.text("0") : Term.NOTHING, positive);
    }

    private static BigInteger ceiling(Bound bound) {
        BigInteger ceiling = bound.value.setScale(0, RoundingMode.CEILING).toBigIntegerExact();
        boolean itself = bound.value.compareTo(new BigDecimal(ceiling)) == 0;
        return itself && !bound.inclusive ? ceiling.add(BigInteger.ONE) : ceiling;
    }

    /** Any numbers. */
    Term decimals() {
        List<Term> options = new ArrayList<>();
        if (most == null || most.value.signum() > 0 || most.value.signum() == 0 && most.inclusive) {
            options.add(notNegative(least == null || least.value.signum() < 0 ? ZERO : least, most));
        }
        if (least == null || least.value.signum() < 0) {
            Bound nearest = most == null || most.value.signum() >= 0 ? ABOVE_ZERO : most.negated();
            options.add(Term.inOrder(Term.text("-"), notNegative(nearest, least == null ? null : least.negated())));
        }
        return new Term.Choice(options);
    }

    private static Term notNegative(Bound low, @Nullable Bound high) {
        BigInteger first = low.whole();
        Fraction above = new Fraction(low.fraction(), low.inclusive, null, true);
        if (high == null) {
            return Term.choice(whole(first, above), whole(first.add(BigInteger.ONE), LARGEST, Fraction.ANY));
        }
        BigInteger last = high.whole();
        Fraction below = new Fraction(null, true, high.fraction(), high.inclusive);
        if (first.equals(last)) {
            return whole(first, new Fraction(low.fraction(), low.inclusive, high.fraction(), high.inclusive));
        }
        return first.compareTo(last) > 0
                ? Term.NOTHING
                : Term.choice(
                        whole(first, above),
                        whole(first.add(BigInteger.ONE), last.subtract(BigInteger.ONE), Fraction.ANY),
                        whole(last, below));
    }

    private static Term whole(BigInteger only, Fraction fraction) {
        return whole(only, only, fraction);
    }

    private static Term whole(BigInteger low, BigInteger high, Fraction fraction) {
        Term digits = naturals(low.max(BigInteger.ONE), high.min(LARGEST));
        return Term.inOrder(low.signum() == 0 ? Term.choice(Term.text("0"), digits) : digits, fraction.term());
    }

    /** The whole numbers from {@code low}, which is 1 at least, to {@code high}; nothing where there are none. */
    private static Term naturals(BigInteger low, BigInteger high) {
        List<Term> options = new ArrayList<>();
        int longest = high.signum() > 0 ? high.toString().length() : 0;
        int freeFrom = 0;
        for (int length = low.toString().length(); length <= longest; length++) {
            BigInteger shortest = BigInteger.TEN.pow(length - 1);
            BigInteger largest = shortest.multiply(BigInteger.TEN).subtract(BigInteger.ONE);
            boolean free = low.compareTo(shortest) <= 0 && high.compareTo(largest) >= 0;
            if (free) {
                freeFrom = freeFrom == 0 ? length : freeFrom;
            }
            if (freeFrom > 0 && (!free || length == longest)) {
                int freeTo = free ? length : length - 1;
                options.add(
                        Term.inOrder(Term.range('1', '9'), new Term.Repeat(JsonTerms.DIGIT, freeFrom - 1, freeTo - 1)));
                freeFrom = 0;
            }
            if (!free && low.compareTo(high) <= 0) {
                options.add(
                        between(low.max(shortest).toString(), high.min(largest).toString()));
            }
        }
        return new Term.Choice(options);
    }

    /** Digits between two of the same length. */
    private static Term between(String low, String high) {
        if (low.isEmpty()) {
            return Term.EMPTY;
        }
        char first = low.charAt(0);
        char last = high.charAt(0);
        if (first == last) {
            return Term.inOrder(Term.range(first, first), between(low.substring(1), high.substring(1)));
        }
        int rest = low.length() - 1;
        List<Term> options = new ArrayList<>();
        options.add(Term.inOrder(Term.range(first, first), between(low.substring(1), "9".repeat(rest))));
        if (first + 1 < last) {
            options.add(Term.inOrder(Term.range(first + 1, last - 1), new Term.Repeat(JsonTerms.DIGIT, rest, rest)));
        }
        options.add(Term.inOrder(Term.range(last, last), between("0".repeat(rest), high.substring(1))));
        return new Term.Choice(options);
    }

    /**
     * What may stand behind whole digits: nothing, or a point and digits.
     *
     * @param low digits that the fraction must reach; null where it is above already
     * @param high digits that it must not pass; null where it is below already
     */
    private record Fraction(
            @Nullable String low,
            boolean lowInclusive,
            @Nullable String high,
            boolean highInclusive) {

        static final Fraction ANY = new Fraction(null, true, null, true);

        private static final Term ZERO_DIGIT = Term.text("0");

        Term term() {
            List<Term> free = new ArrayList<>();
            List<Term> whole = new ArrayList<>();
            collect(List.of(), free, whole);
            whole.add(Term.inOrder(new Term.Choice(free), new Term.Repeat(JsonTerms.DIGIT, 0, MAX_DIGITS - 1)));
            Term digits = Term.inOrder(Term.text("."), new Term.Choice(whole));
            return mayEnd() ? Term.optional(digits) : digits;
        }

        /** Whether no further digit is needed, which is as if zeros followed. */
        private boolean mayEnd() {
            boolean reached = low == null || low.isEmpty() && lowInclusive;
            boolean within = high == null || !high.isEmpty() || highInclusive;
            return reached && within;
        }

        /**
         * Takes the ways apart that digits may go.
         *
         * @param before digits so far
         * @param free gets those, at least one digit long, behind which any digits may follow
         * @param whole gets those behind which none may, or only some
         */
        private void collect(List<Term> before, List<Term> free, List<Term> whole) {
            boolean above = low == null || low.isEmpty() && lowInclusive;
            if (above && high == null) {
                free.add(before.isEmpty() ? JsonTerms.DIGIT : new Term.InOrder(before));
                return;
            }
            if (!before.isEmpty() && mayEnd()) {
                whole.add(new Term.InOrder(before));
            }
            if (before.size() == MAX_DIGITS) {
                return;
            }
            boolean lowSpent = low == null || low.isEmpty();
            if (high == null && lowSpent) {
                // Equal to the bound so far, and must come to lie above.
                free.add(with(with(before, new Term.Repeat(ZERO_DIGIT, 0, MAX_DIGITS)), Term.range('1', '9')));
            } else if (high != null && high.isEmpty() && lowSpent) {
                if (above && highInclusive) {
                    whole.add(with(before, new Term.Repeat(ZERO_DIGIT, 1, MAX_DIGITS)));
                }
            } else {
                step(before, free, whole);
            }
        }

        private void step(List<Term> before, List<Term> free, List<Term> whole) {
            char first = low == null ? '0' : digit(low);
            char last = high == null ? '9' : digit(high);
            int from = first;
            while (from <= last) {
                Fraction next = new Fraction(
                        low == null || from > first ? null : rest(low),
                        lowInclusive,
                        high == null || from < last ? null : rest(high),
                        highInclusive);
                // Digits strictly between two bounds leave both, so they go on alike.
                int to = from == first ? from : Math.max(from, high == null ? last : last - 1);
                List<Term> here = new ArrayList<>(before);
                here.add(Term.range(from, to));
                next.collect(here, free, whole);
                from = to + 1;
            }
        }

        private static Term.InOrder with(List<Term> before, Term more) {
            List<Term> all = new ArrayList<>(before);
            all.add(more);
            return new Term.InOrder(all);
        }

        private static Term.InOrder with(Term.InOrder before, Term more) {
            return with(before.parts(), more);
        }

        private static char digit(String digits) {
            return digits.isEmpty() ? '0' : digits.charAt(0);
        }

        private static String rest(String digits) {
            return digits.isEmpty() ? "" : digits.substring(1);
        }
    }
}
