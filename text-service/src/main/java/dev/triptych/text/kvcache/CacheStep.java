package dev.triptych.text.kvcache;

import java.util.Arrays;

/**
 * Room for one step: what the graph reads, and where it writes. Committing makes the step the past; closing without that
 * leaves the cohort, or its absence, as it was.
 */
public interface CacheStep extends AutoCloseable {

    /** Rows of the step, those that join included. */
    int rows();

    /**
     * Makes the step's writes the rows' past; once.
     *
     * @param kept how many of the tokens that the step wrote each row keeps, {@code [rows]}
     */
    void commit(int[] kept);

    /** The same for a step of one token a row. */
    default void commit() {
        int[] kept = new int[rows()];
        Arrays.fill(kept, 1);
        commit(kept);
    }

    /** Gives back what an uncommitted step took. */
    @Override
    void close();
}
