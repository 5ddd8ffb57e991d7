package dev.triptych.text.kvcache;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;

/**
 * The caches of all cohorts of one model within one budget. A cohort's worst case is set aside when it starts, so a
 * running cohort never lacks memory; the memory itself is taken as the cohort grows.
 *
 * <p>Owned by the engine loop, on its thread. Running out is an outcome ({@link Reservation.Exhausted}), not an error.
 */
public final class KvCache implements AutoCloseable {

    private final KvGeometry geometry;
    private final BlockPool pool;
    private final Map<Long, CohortCache> cohorts = new HashMap<>();
    private long promisedBytes;

    public KvCache(KvGeometry geometry, long budgetBytes) {
        this.geometry = geometry;
        this.pool = new BlockPool(budgetBytes, Arena::ofShared);
    }

    /** What is free at this moment, as a value to plan with. */
    public CacheBudget budget() {
        return new CacheBudget(geometry, pool.budgetBytes() - promisedBytes);
    }

    /**
     * Sets memory aside for a new cohort and its first step.
     *
     * @throws IllegalArgumentException if the cohort exists
     */
    public Reservation open(long cohort, CacheDemand demand) {
        if (cohorts.containsKey(cohort)) {
            throw new IllegalArgumentException("cohort " + cohort + " exists");
        }
        long bytes = demand.bytes(geometry);
        long free = pool.budgetBytes() - promisedBytes;
        if (bytes > free) {
            return new Reservation.Exhausted(bytes, free);
        }
        CohortCache cache = new CohortCache(geometry, pool, demand);
        promisedBytes += bytes;
        CacheStep step = new CacheStep(this, cohort, cache, true);
        boolean ready = false;
        try {
            cache.extend();
            ready = true;
            return new Reservation.Granted(step);
        } finally {
            if (!ready) {
                step.close();
            }
        }
    }

    /** Makes room for the next step of a cohort. */
    public Reservation extend(long cohort) {
        CohortCache cache = existing(cohort);
        cache.extend();
        return new Reservation.Granted(new CacheStep(this, cohort, cache, false));
    }

    /**
     * Keeps some rows of a cohort.
     *
     * @param sources the row that becomes row {@code i}, none less than {@code i}; none at all drops the cohort
     */
    public void keep(long cohort, int[] sources) {
        if (sources.length == 0) {
            drop(cohort);
        } else {
            existing(cohort).keep(sources);
        }
    }

    /** Frees a cohort's memory for others. */
    public void drop(long cohort) {
        CohortCache cache = existing(cohort);
        cohorts.remove(cohort);
        abandon(cache);
    }

    /** Counts for {@link CacheInvariants}. */
    public CacheSnapshot snapshot() {
        return new CacheSnapshot(
                cohorts.size(),
                pool.budgetBytes(),
                promisedBytes,
                pool.heldBytes(),
                pool.leasedBytes(),
                pool.idleBytes());
    }

    /** Frees all memory. */
    @Override
    public void close() {
        cohorts.clear();
        promisedBytes = 0;
        pool.close();
    }

    void adopt(long cohort, CohortCache cache) {
        cohorts.put(cohort, cache);
    }

    void abandon(CohortCache cache) {
        cache.release();
        promisedBytes -= cache.demand().bytes(geometry);
    }

    private CohortCache existing(long cohort) {
        CohortCache cache = cohorts.get(cohort);
        if (cache == null) {
            throw new IllegalArgumentException("there is no cohort " + cohort);
        }
        return cache;
    }
}
