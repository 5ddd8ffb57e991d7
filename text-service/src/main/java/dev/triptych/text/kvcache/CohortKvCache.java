package dev.triptych.text.kvcache;

import dev.triptych.tensor.TensorMemory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Caches for graphs whose rows must start together: a cohort's rows are equally long, and none joins later. Past and
 * present alternate between two buffers ({@link CohortCache}).
 */
public final class CohortKvCache implements KvCache<CohortStep> {

    private final KvGeometry geometry;
    private final BlockPool pool;
    private final Map<Long, CohortCache> cohorts = new HashMap<>();
    private long promisedBytes;

    public CohortKvCache(KvGeometry geometry, long budgetBytes) {
        this.geometry = geometry;
        this.pool = new BlockPool(budgetBytes, TensorMemory.host()::allocate);
    }

    @Override
    public CacheBudget budget() {
        return new CacheBudget.Bytes(geometry, pool.budgetBytes() - promisedBytes);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if rows are to join a cohort that runs, or a cohort without rows is to step
     */
    @Override
    public Reservation<CohortStep> reserve(long cohort, Optional<CacheDemand> joining) {
        if (joining.isEmpty()) {
            CohortCache cache = existing(cohort);
            cache.extend();
            return new Reservation.Granted<>(new CohortStep(this, cohort, cache, false));
        }
        if (cohorts.containsKey(cohort)) {
            throw new IllegalArgumentException("nobody can join cohort " + cohort + ", which runs");
        }
        return open(cohort, joining.get());
    }

    private Reservation<CohortStep> open(long cohort, CacheDemand demand) {
        long bytes = demand.bytes(geometry);
        long free = pool.budgetBytes() - promisedBytes;
        if (bytes > free) {
            return new Reservation.Exhausted<>(bytes, free);
        }
        CohortCache cache = new CohortCache(geometry, pool, demand);
        promisedBytes += bytes;
        CohortStep step = new CohortStep(this, cohort, cache, true);
        boolean ready = false;
        try {
            cache.extend();
            ready = true;
            return new Reservation.Granted<>(step);
        } finally {
            if (!ready) {
                step.close();
            }
        }
    }

    @Override
    public void rearrange(long cohort, int[] sources) {
        if (sources.length == 0) {
            drop(cohort);
        } else {
            existing(cohort).rearrange(sources);
        }
    }

    private void drop(long cohort) {
        CohortCache cache = existing(cohort);
        cohorts.remove(cohort);
        abandon(cache);
    }

    @Override
    public CacheSnapshot snapshot() {
        return new CacheSnapshot(
                cohorts.size(),
                pool.budgetBytes(),
                promisedBytes,
                pool.heldBytes(),
                pool.leasedBytes(),
                pool.idleBytes());
    }

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
