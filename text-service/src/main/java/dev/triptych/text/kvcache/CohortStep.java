package dev.triptych.text.kvcache;

import dev.triptych.tensor.Tensor;

/** A step of a cohort in a {@link CohortKvCache}: the past that the graph reads, and the present that it writes. */
public final class CohortStep implements CacheStep {

    private final CohortKvCache owner;
    private final long cohort;
    private final CohortCache cache;
    private final boolean first;
    private boolean open = true;

    CohortStep(CohortKvCache owner, long cohort, CohortCache cache, boolean first) {
        this.owner = owner;
        this.cohort = cohort;
        this.cache = cache;
        this.first = first;
    }

    /** Whether the cohort starts with this step: the past is empty, and cross-attention is still to be written. */
    public boolean first() {
        return first;
    }

    @Override
    public int rows() {
        return cache.rows();
    }

    /** The padded length of the prompts, in tokens. */
    public int sourceLength() {
        return cache.demand().sourceLength();
    }

    /** Self-attention's keys so far, float32 {@code [rows, heads, length, headSize]}; none in the first step. */
    public Tensor pastKey(int layer) {
        return cache.past()[2 * layer];
    }

    /** Self-attention's values so far, shaped like {@link #pastKey}. */
    public Tensor pastValue(int layer) {
        return cache.past()[2 * layer + 1];
    }

    /** Where self-attention's keys go, float32 {@code [rows, heads, length + added, headSize]}. */
    public Tensor presentKey(int layer) {
        return cache.present()[2 * layer];
    }

    /** Where self-attention's values go, shaped like {@link #presentKey}. */
    public Tensor presentValue(int layer) {
        return cache.present()[2 * layer + 1];
    }

    /** Cross-attention's keys, float32 {@code [rows, heads, sourceLength, headSize]}; none in a decoder-only model. */
    public Tensor crossKey(int layer) {
        return cache.cross()[2 * layer];
    }

    /** Cross-attention's values, shaped like {@link #crossKey}. */
    public Tensor crossValue(int layer) {
        return cache.cross()[2 * layer + 1];
    }

    /** Which prompt positions hold tokens, int64 {@code [rows, sourceLength]}; written in the first step. */
    public Tensor sourceMask() {
        return cache.mask();
    }

    @Override
    public void commit(int[] kept) {
        for (int tokens : kept) {
            if (tokens != 1) {
                throw new IllegalArgumentException("rows of a cohort are equally long: each keeps one token");
            }
        }
        if (!open) {
            throw new IllegalStateException("a step can be committed once");
        }
        open = false;
        cache.commit();
        if (first) {
            owner.adopt(cohort, cache);
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            if (first) {
                owner.abandon(cache);
            }
        }
    }
}
