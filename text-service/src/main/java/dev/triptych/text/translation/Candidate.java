package dev.triptych.text.translation;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.translation.guard.Fault;
import dev.triptych.text.translation.guard.Guards;
import dev.triptych.text.translation.protection.MarkedText;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What an attempt made of a sentence, with nothing lost that must survive.
 *
 * @param attempt how it was made
 * @param passages what it was made from
 * @param text before it is given the sentence's shape
 * @param faults what is wrong with it
 */
record Candidate(Attempt attempt, List<Passage> passages, String text, Set<Fault> faults) {

    static Candidate of(Attempt attempt, List<Passage> passages, String text, MarkedText source) {
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        if (truncated(passages)) {
            faults.add(Fault.TRUNCATED);
        }
        faults.addAll(Guards.faults(source.outside(), MarkedText.of(text).outside()));
        return new Candidate(attempt, passages, text, faults);
    }

    static boolean truncated(List<Passage> passages) {
        return passages.stream().anyMatch(passage -> passage.result().reason() == FinishReason.LENGTH);
    }

    boolean truncated() {
        return faults.contains(Fault.TRUNCATED);
    }

    /** Whether it has fewer faults; of equals the one that is whole is better. */
    boolean betterThan(Candidate other) {
        if (faults.size() != other.faults.size()) {
            return faults.size() < other.faults.size();
        }
        return !attempt.inPieces() && other.attempt.inPieces();
    }
}
