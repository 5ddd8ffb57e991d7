package dev.triptych.text.decoding.constraint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A set of Unicode code points as disjoint ranges in ascending order; never a surrogate. Immutable. */
final class CodePoints {

    private static final int MAX = Character.MAX_CODE_POINT;
    private static final Range SURROGATES = new Range(Character.MIN_SURROGATE, Character.MAX_SURROGATE);

    static final CodePoints ALL = new CodePoints(List.of()).not();

    private final List<Range> ranges;

    /** Code points from {@code low} to {@code high}, both included. */
    record Range(int low, int high) {}

    private CodePoints(List<Range> ranges) {
        this.ranges = List.copyOf(ranges);
    }

    static CodePoints of(int codePoint) {
        return of(codePoint, codePoint);
    }

    /** A range; surrogates within are left out. */
    static CodePoints of(int low, int high) {
        return new CodePoints(List.of(new Range(low, high))).not().not();
    }

    /** The characters of a text. */
    static CodePoints anyOf(String characters) {
        return new CodePoints(
                merged(characters.codePoints().mapToObj(c -> new Range(c, c)).toList()));
    }

    List<Range> ranges() {
        return ranges;
    }

    CodePoints or(CodePoints other) {
        List<Range> all = new ArrayList<>(ranges);
        all.addAll(other.ranges);
        return new CodePoints(merged(all));
    }

    CodePoints and(CodePoints other) {
        return not().or(other.not()).not();
    }

    /** All other code points. */
    CodePoints not() {
        List<Range> taken = new ArrayList<>(ranges);
        taken.add(SURROGATES);
        List<Range> gaps = new ArrayList<>();
        int next = 0;
        for (Range range : merged(taken)) {
            if (range.low > next) {
                gaps.add(new Range(next, range.low - 1));
            }
            next = range.high + 1;
        }
        if (next <= MAX) {
            gaps.add(new Range(next, MAX));
        }
        return new CodePoints(gaps);
    }

    private static List<Range> merged(List<Range> ranges) {
        List<Range> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingInt(Range::low));
        List<Range> merged = new ArrayList<>();
        for (Range range : sorted) {
            if (!merged.isEmpty() && range.low <= merged.getLast().high + 1) {
                Range last = merged.removeLast();
                merged.add(new Range(last.low, Math.max(last.high, range.high)));
            } else {
                merged.add(range);
            }
        }
        return merged;
    }
}
