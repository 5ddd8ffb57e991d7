package dev.triptych.text.kvcache;

import java.util.Optional;

/**
 * Keys and values of the running rows of one model, within one budget. Rows that step together form a cohort. The worst
 * case of a row is set aside when it joins, so a running row never lacks memory; the memory itself is taken as it grows.
 *
 * <p>Owned by the engine loop, on its thread. Running out is an outcome ({@link Reservation.Exhausted}), not an error.
 *
 * @param <S> what a step's graph sees of the cache
 */
public interface KvCache<S extends CacheStep> extends AutoCloseable {

    /** What is free at this moment, as a value to plan with. */
    CacheBudget budget();

    /**
     * Makes room for the next step of a cohort: one more token for each row that runs, and a place for those that join.
     *
     * @param cohort one that runs, or a new one for rows that join
     * @param joining what the rows that join will need; they stand behind those that run
     */
    Reservation<S> reserve(long cohort, Optional<CacheDemand> joining);

    /**
     * Gives a cohort other rows: some leave, and some part into several that go on from the same past.
     *
     * @param sources the present row that row {@code i} goes on from; none at all drops the cohort
     * @throws IllegalArgumentException if a row would be overwritten that another goes on from, see {@link RowMoves}
     */
    void rearrange(long cohort, int[] sources);

    /** Counts for {@link CacheInvariants}. */
    CacheSnapshot snapshot();

    /** Frees all memory. */
    @Override
    void close();
}
