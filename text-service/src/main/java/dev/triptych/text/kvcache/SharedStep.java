package dev.triptych.text.kvcache;

import dev.triptych.tensor.Tensor;

/** A step of a cohort in a {@link SharedKvCache}: buffers that the graph reads and appends to in place. */
public final class SharedStep implements CacheStep {

    private final SharedKvCache owner;
    private final long cohort;
    private final SharedBuffers buffers;
    private final int rows;
    private Tensor[] self;
    private final Tensor[] cross;
    private int width = 1;
    private boolean open = true;

    SharedStep(SharedKvCache owner, long cohort, SharedBuffers buffers, int rows) {
        this.owner = owner;
        this.cohort = cohort;
        this.buffers = buffers;
        this.rows = rows;
        this.self = buffers.self(rows);
        this.cross = buffers.cross(rows);
    }

    @Override
    public int rows() {
        return rows;
    }

    /** Self-attention's keys, {@code [rows, heads, capacity, headSize]}, of which a row's past length counts. */
    public Tensor key(int layer) {
        return self[2 * layer];
    }

    /** Self-attention's values, shaped like {@link #key}. */
    public Tensor value(int layer) {
        return self[2 * layer + 1];
    }

    /** Cross-attention's keys, {@code [rows, heads, sourceCapacity, headSize]}; written when a row joins. */
    public Tensor crossKey(int layer) {
        return cross[2 * layer];
    }

    /** Cross-attention's values, shaped like {@link #crossKey}. */
    public Tensor crossValue(int layer) {
        return cross[2 * layer + 1];
    }

    /** Tokens that a row holds before the step; 0 for one that joins. */
    public int pastLength(int row) {
        return buffers.pastLength(row);
    }

    /** Tokens of a row's prompt. */
    public int sourceLength(int row) {
        return buffers.sourceLength(row);
    }

    /**
     * Room for what the encoder gives of a batch of rows that join, keys and values of cross-attention by turns, {@code
     * [batch, heads, length, headSize]} each; valid until the next call.
     */
    public Tensor[] encoding(int batch, int length) {
        return owner.encoded().room(batch, length);
    }

    /**
     * Hands what was written to {@link #encoding} to rows that join.
     *
     * @param first the row of the batch's first prompt
     * @param sourceLengths tokens of each prompt
     */
    public void join(int first, int[] sourceLengths) {
        for (int i = 0; i < sourceLengths.length; i++) {
            joins(first + i, sourceLengths[i]);
        }
        buffers.place(owner.encoded(), first);
    }

    /** Makes room for more than one token a row; keys and values must be asked for again. */
    public void widen(int tokens) {
        width = tokens;
        buffers.extend(rows, 1, tokens);
        self = buffers.self(rows);
    }

    /** Says how long the prompt of a row that joins is. */
    public void joins(int row, int sourceLength) {
        if (row < buffers.rows()) {
            throw new IllegalArgumentException("row " + row + " runs already");
        }
        buffers.setSourceLength(row, sourceLength);
    }

    @Override
    public void commit(int[] kept) {
        if (!open) {
            throw new IllegalStateException("a step can be committed once");
        }
        for (int row = 0; row < rows; row++) {
            if (kept[row] < 0 || kept[row] > width) {
                throw new IllegalArgumentException(
                        "row " + row + " cannot keep " + kept[row] + " of " + width + " tokens");
            }
        }
        open = false;
        buffers.commit(rows, kept);
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            owner.settle(cohort);
        }
    }
}
