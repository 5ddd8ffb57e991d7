package dev.triptych.text.kvcache;

import dev.triptych.tensor.TensorMemory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Caches for fused step graphs: every row has its own length, rows join and leave a cohort at any step, and the graph
 * appends to the buffers in place ({@link SharedBuffers}).
 */
public final class SharedKvCache implements KvCache<SharedStep> {

    private final KvGeometry geometry;
    private final TensorMemory memory;
    private final BlockPool pool;
    private final EncodedPrompts encoded;
    private final Map<Long, SharedBuffers> cohorts = new HashMap<>();

    /** In the host's memory. */
    public SharedKvCache(KvGeometry geometry, long budgetBytes) {
        this(geometry, budgetBytes, TensorMemory.host());
    }

    /** @param memory where the graphs run */
    public SharedKvCache(KvGeometry geometry, long budgetBytes, TensorMemory memory) {
        this.geometry = geometry;
        this.memory = memory;
        this.pool = new BlockPool(budgetBytes, memory::allocate);
        this.encoded = new EncodedPrompts(geometry, memory);
    }

    @Override
    public CacheBudget budget() {
        Map<Long, CohortExtent> extents = new HashMap<>();
        cohorts.forEach((cohort, buffers) -> extents.put(cohort, buffers.extent()));
        return new CacheBudget.Shared(geometry, pool.budgetBytes() - promisedBytes(), extents);
    }

    @Override
    public Reservation<SharedStep> reserve(long cohort, Optional<CacheDemand> joining) {
        SharedBuffers buffers = cohorts.get(cohort);
        if (joining.isEmpty()) {
            if (buffers == null) {
                throw new IllegalArgumentException("there is no cohort " + cohort);
            }
            return step(cohort, buffers, buffers.rows(), 1);
        }
        CacheDemand demand = joining.get();
        CohortExtent before = buffers == null ? CohortExtent.NONE : buffers.extent();
        long needed = before.growth(demand, geometry);
        long free = pool.budgetBytes() - promisedBytes();
        if (needed > free) {
            return new Reservation.Exhausted<>(needed, free);
        }
        CacheDemand after = before.with(demand);
        if (buffers == null) {
            buffers = new SharedBuffers(geometry, pool, memory, after);
            cohorts.put(cohort, buffers);
        }
        buffers.promise(after);
        return step(cohort, buffers, before.rows() + demand.joining(), demand.sourceLength());
    }

    private Reservation<SharedStep> step(long cohort, SharedBuffers buffers, int rows, int sourceLength) {
        boolean ready = false;
        try {
            buffers.extend(rows, sourceLength, 1);
            ready = true;
            return new Reservation.Granted<>(new SharedStep(this, cohort, buffers, rows));
        } finally {
            if (!ready) {
                settle(cohort);
            }
        }
    }

    @Override
    public void rearrange(long cohort, int[] sources) {
        SharedBuffers buffers = cohorts.get(cohort);
        if (buffers == null) {
            throw new IllegalArgumentException("there is no cohort " + cohort);
        }
        buffers.rearrange(sources);
        settle(cohort);
    }

    EncodedPrompts encoded() {
        return encoded;
    }

    /** Frees a cohort that has no rows. */
    void settle(long cohort) {
        SharedBuffers buffers = cohorts.get(cohort);
        if (buffers != null && buffers.rows() == 0) {
            cohorts.remove(cohort);
            buffers.release();
        }
    }

    @Override
    public CacheSnapshot snapshot() {
        return new CacheSnapshot(
                cohorts.size(),
                pool.budgetBytes(),
                promisedBytes(),
                pool.heldBytes(),
                pool.leasedBytes(),
                pool.idleBytes());
    }

    private long promisedBytes() {
        long bytes = 0;
        for (SharedBuffers buffers : cohorts.values()) {
            bytes += buffers.extent().bytes(geometry);
        }
        return bytes;
    }

    @Override
    public void close() {
        cohorts.clear();
        encoded.close();
        pool.close();
    }
}
