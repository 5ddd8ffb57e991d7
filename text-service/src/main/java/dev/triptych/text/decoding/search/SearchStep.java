package dev.triptych.text.decoding.search;

/** What one step means for a request. Immutable. */
public sealed interface SearchStep {

    /** The search goes on, or is done where it has no live rows left. */
    non-sealed interface Advance extends SearchStep {

        /** Rows that are live after the step. */
        int liveRows();

        /** The present row whose keys and values a row that is live after the step continues. */
        int parent(int row);
    }

    /** The model's scores are no numbers. */
    record Broken(String reason) implements SearchStep {}
}
