package dev.triptych.text.decoding.search;

import dev.triptych.text.decoding.Hypothesis;
import dev.triptych.text.generation.Strategy;
import java.util.ArrayList;
import java.util.List;

/** Beams that compete with each other, and their finished hypotheses, between two steps. Immutable. */
sealed interface BeamGroup permits PlainBeams, DiverseBeams {

    /** What keeps beams other than the first from being chosen while all are the same, as in Hugging Face. */
    float EXCLUDED = -1e9f;

    /**
     * What a group is told.
     *
     * @param size beams
     * @param lengthPenalty exponent of the length
     * @param earlyStopping when to give up on better hypotheses
     * @param maxNewTokens bound on generated tokens
     */
    record Rules(int size, double lengthPenalty, Strategy.EarlyStopping earlyStopping, int maxNewTokens) {

        /** What a log-prob is divided by, at a length. */
        double divisor(int length) {
            return Math.pow(length, lengthPenalty);
        }
    }

    /** The beams that go on. */
    LiveBeams live();

    default int beams() {
        return live().size();
    }

    /** Sum of a beam's log-probs after all rules. */
    default float score(int beam) {
        return live().score(beam);
    }

    default Hypothesis hypothesis(int beam) {
        return live().hypothesis(beam);
    }

    /** The beam of the group before this step that a beam continues. */
    default int parent(int beam) {
        return live().parent(beam);
    }

    /** Whether no better hypothesis is looked for. */
    boolean done();

    /** Finished hypotheses, best first. */
    List<Ended> ended();

    /**
     * The group after a step.
     *
     * @param candidates the best continuations of all beams, best first
     * @param complete whether there are as many candidates as were looked for
     */
    BeamGroup next(List<Candidate> candidates, boolean complete);

    /**
     * As many candidates as beams, so that a group never has fewer rows: where rules leave too few, the last again, with
     * a score that nothing continues.
     */
    static List<Candidate> filled(List<Candidate> candidates, int size) {
        if (candidates.isEmpty() || candidates.size() == size) {
            return candidates;
        }
        List<Candidate> filled = new ArrayList<>(candidates);
        Candidate last = candidates.getLast();
        while (filled.size() < size) {
            filled.add(new Candidate(last.beam(), Float.NEGATIVE_INFINITY, last.hypothesis(), last.reason()));
        }
        return filled;
    }
}
