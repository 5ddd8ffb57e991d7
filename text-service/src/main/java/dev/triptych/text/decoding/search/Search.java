package dev.triptych.text.decoding.search;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GeneratedSequence;
import java.util.List;

/**
 * One request's way to its sequences. It has some live rows, each of which needs the next step's logits; a request
 * starts with one row, whatever it grows to. Owned by the engine loop, on its thread.
 */
public sealed interface Search permits BeamSearch, PassSearch, RowSearch {

    /** Rows that the next step computes; 0 once the search is done. */
    int liveRows();

    /** The token that a live row feeds to the next step; -1 before the first. */
    int lastToken(int row);

    /**
     * Decides a step. Changes nothing but the scores it is given.
     *
     * @param scores the logits of the live rows in their order
     */
    SearchStep step(RowScores scores);

    /** Makes the step that {@link #step} decided last the search's state. */
    void commit(SearchStep step);

    /** Sequences in the answer. */
    int outputs();

    /** How many tokens of an answer's sequence can no longer change. */
    int settled(int output);

    /**
     * A token that can no longer change.
     *
     * @param index below {@link #settled}
     */
    Token token(int output, int index);

    /**
     * The answer, best sequence first; never empty.
     *
     * @param unfinished the reason for sequences that did not end by themselves
     */
    List<GeneratedSequence> results(FinishReason unfinished);
}
