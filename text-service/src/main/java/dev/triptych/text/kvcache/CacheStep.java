package dev.triptych.text.kvcache;

/**
 * Room for one step: what the graph reads, and where it writes. Committing makes the step the past; closing without that
 * leaves the cohort, or its absence, as it was.
 */
public interface CacheStep extends AutoCloseable {

    /** Rows of the step, those that join included. */
    int rows();

    /** Makes the step's writes the rows' past; once. */
    void commit();

    /** Gives back what an uncommitted step took. */
    @Override
    void close();
}
