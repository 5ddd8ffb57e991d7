package dev.triptych.text.kvcache;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.TensorMemory;
import java.util.HashMap;
import java.util.Map;

/**
 * The encoder's states of rows that are decoded in several passes, from the first pass to the request's end. Owned by the
 * engine loop, on its thread; how many rows there are bounds it.
 */
public final class SourceStates implements AutoCloseable {

    private final int hiddenSize;
    private final BlockPool pool;
    private final Map<Long, Kept> kept = new HashMap<>();

    private record Kept(BlockPool.Block block, Tensor states) {}

    /**
     * @param hiddenSize width of a state, with all else that is kept of a source token
     * @param rows most rows at once
     * @param sourceLength longest prompt
     */
    public SourceStates(int hiddenSize, int rows, int sourceLength) {
        this.hiddenSize = hiddenSize;
        long row = BlockPool.blockSize((long) sourceLength * hiddenSize * Float.BYTES);
        this.pool = new BlockPool(Math.multiplyExact(row, (long) rows), TensorMemory.host()::allocate);
    }

    /**
     * Room for the states of a row, float32 {@code [length, hiddenSize]}, to be written by the caller.
     *
     * @throws IllegalStateException if more rows are kept than there is room for
     */
    public Tensor keep(long sequence, int length) {
        release(sequence);
        BlockPool.Block block = pool.lease((long) length * hiddenSize * Float.BYTES);
        Tensor states = Tensor.over(block.memory(), DType.FLOAT32, Shape.of(length, hiddenSize));
        kept.put(sequence, new Kept(block, states));
        return states;
    }

    /** A row's states, float32 {@code [length, hiddenSize]}. */
    public Tensor of(long sequence) {
        Kept row = kept.get(sequence);
        if (row == null) {
            throw new IllegalArgumentException("no states are kept of row " + sequence);
        }
        return row.states();
    }

    /** Lets a row go; one that is not kept changes nothing. */
    public void release(long sequence) {
        Kept row = kept.remove(sequence);
        if (row != null) {
            pool.release(row.block());
        }
    }

    /** Rows that are kept. */
    public int rows() {
        return kept.size();
    }

    @Override
    public void close() {
        kept.clear();
        pool.close();
    }
}
