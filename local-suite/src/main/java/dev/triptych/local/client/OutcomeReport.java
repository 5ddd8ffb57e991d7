package dev.triptych.local.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/** Says which lines failed or came with a warning, the same reason once with all its lines. Pure. */
public final class OutcomeReport {

    private final Map<String, List<Integer>> failures = new LinkedHashMap<>();
    private final Map<String, List<Integer>> warnings = new LinkedHashMap<>();

    /**
     * @param outcomes in the order of lines
     * @param lines the line of a text in its file, counted from 0; the report counts from 1
     */
    public OutcomeReport(Collection<LineOutcome> outcomes, IntUnaryOperator lines) {
        for (LineOutcome outcome : outcomes) {
            int number = lines.applyAsInt(outcome.line()) + 1;
            switch (outcome) {
                case LineOutcome.Failed failed ->
                    add(
                            failures,
                            failed.error().message() + " (" + failed.error().code() + ")",
                            number);
                case LineOutcome.Translated translated -> translated.warnings().forEach(w -> add(warnings, w, number));
            }
        }
    }

    public int failed() {
        return failures.values().stream().mapToInt(List::size).sum();
    }

    /** One line for each reason; empty where all went well. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        failures.forEach(
                (reason, numbers) -> lines.add("not translated, left as it was: " + ranges(numbers) + ": " + reason));
        warnings.forEach((warning, numbers) -> lines.add("translated, but " + warning + ": " + ranges(numbers)));
        return lines;
    }

    private static void add(Map<String, List<Integer>> lines, String reason, int number) {
        lines.computeIfAbsent(reason, r -> new ArrayList<>()).add(number);
    }

    /** For example {@code lines 3, 7-9}. */
    static String ranges(List<Integer> numbers) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= numbers.size(); i++) {
            boolean runs = i < numbers.size() && numbers.get(i) == numbers.get(i - 1) + 1;
            if (!runs) {
                int first = numbers.get(start);
                int last = numbers.get(i - 1);
                parts.add(first == last ? Integer.toString(first) : first + "-" + last);
                start = i;
            }
        }
        return (numbers.size() == 1 ? "line " : "lines ") + String.join(", ", parts);
    }
}
