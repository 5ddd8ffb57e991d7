package dev.triptych.text.kvcache;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.text.kvcache.BlockPool.Block;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The caches of rows that started together, float32 {@code [rows, heads, length, headSize]} per layer and part.
 *
 * <p>Self-attention has two buffers per tensor. A step reads the past from one and the graph writes the present, one
 * token longer, into the other; committing swaps them, so no byte is copied on this side:
 *
 * <pre>
 *   step n:    front [rows, heads, n,   headSize] --graph--> back  [rows, heads, n+1, headSize]
 *   step n+1:  back  [rows, heads, n+2, headSize] &lt;--graph-- front [rows, heads, n+1, headSize]   after the swap
 * </pre>
 *
 * <p>Cross-attention's keys and values are written by the first step and only read afterwards.
 */
final class CohortCache {

    /** Tokens that the first buffers hold; blocks are powers of two, so growth doubles. */
    private static final int FIRST_TOKENS = 16;

    private final KvGeometry geometry;
    private final BlockPool pool;
    private final CacheDemand demand;
    private final @Nullable Block[] front;
    private final @Nullable Block[] back;
    private final Block[] cross;
    private final Block mask;

    private int rows;
    private int length;
    private int presentLength;
    private Tensor[] past;
    private Tensor[] present;
    private Tensor[] crossViews;
    private Tensor maskView;

    CohortCache(KvGeometry geometry, BlockPool pool, CacheDemand demand) {
        this.geometry = geometry;
        this.pool = pool;
        this.demand = demand;
        this.rows = demand.rows();
        this.front = new Block[geometry.tensorCount()];
        this.back = new Block[geometry.tensorCount()];
        int crossCount = geometry.crossAttention() ? geometry.tensorCount() : 0;
        long[] bytes = new long[crossCount + 1];
        Arrays.fill(bytes, geometry.elements(rows, demand.sourceLength()) * Float.BYTES);
        bytes[crossCount] = (long) rows * demand.sourceLength() * Long.BYTES;
        Block[] blocks = leaseAll(pool, bytes);
        this.cross = Arrays.copyOf(blocks, crossCount);
        this.mask = blocks[crossCount];
        this.past = new Tensor[0];
        this.present = new Tensor[0];
        this.crossViews = views(cross, demand.sourceLength());
        this.maskView = maskView();
    }

    CacheDemand demand() {
        return demand;
    }

    int rows() {
        return rows;
    }

    int length() {
        return length;
    }

    Tensor[] past() {
        return past;
    }

    Tensor[] present() {
        return present;
    }

    Tensor[] cross() {
        return crossViews;
    }

    Tensor mask() {
        return maskView;
    }

    /**
     * Makes room for the tokens of the next step in the back buffers: one per row, or the prompt where it comes first
     * in them. Until committed, nothing else changes.
     */
    void extend() {
        int most = geometry.selfLength(demand);
        int grown = length + (length == 0 && !geometry.crossAttention() ? demand.sourceLength() : 1);
        if (grown > most) {
            throw new IllegalStateException(
                    "the cohort set room for " + most + " tokens aside, and has " + length + " already");
        }
        long bytes = geometry.elements(rows, grown) * Float.BYTES;
        long first = geometry.elements(rows, Math.min(FIRST_TOKENS, most)) * Float.BYTES;
        for (int i = 0; i < back.length; i++) {
            Block block = back[i];
            if (block != null && block.size() < bytes) {
                pool.release(block);
                back[i] = null;
                block = null;
            }
            if (block == null) {
                back[i] = pool.lease(Math.max(bytes, first));
            }
        }
        present = views(back, grown);
        presentLength = grown;
    }

    /** Makes the present the past of the next step. */
    void commit() {
        for (int i = 0; i < front.length; i++) {
            Block block = front[i];
            front[i] = back[i];
            back[i] = block;
        }
        past = present;
        present = new Tensor[0];
        length = presentLength;
    }

    /**
     * Keeps some rows, moving whole rows to the front of every tensor.
     *
     * @param sources the row that becomes row {@code i}, none less than {@code i}, so that moving in place loses none
     */
    void keep(int[] sources) {
        if (length > 0) {
            long selfRow = geometry.elements(1, length);
            for (Tensor tensor : past) {
                move(tensor, sources, selfRow);
            }
        }
        long crossRow = geometry.elements(1, demand.sourceLength());
        for (Tensor tensor : crossViews) {
            move(tensor, sources, crossRow);
        }
        move(maskView, sources, demand.sourceLength());
        rows = sources.length;
        past = length > 0 ? views(front, length) : past;
        crossViews = views(cross, demand.sourceLength());
        maskView = maskView();
    }

    /** Returns every block. */
    void release() {
        releaseAll(front);
        releaseAll(back);
        releaseAll(cross);
        pool.release(mask);
    }

    /** All of the blocks or, should memory run out, none. */
    private static Block[] leaseAll(BlockPool pool, long[] bytes) {
        Block[] blocks = new Block[bytes.length];
        int leased = 0;
        try {
            for (; leased < bytes.length; leased++) {
                blocks[leased] = pool.lease(bytes[leased]);
            }
            return blocks;
        } finally {
            for (int i = 0; leased < bytes.length && i < leased; i++) {
                pool.release(blocks[i]);
            }
        }
    }

    private void releaseAll(@Nullable Block[] blocks) {
        for (Block block : blocks) {
            if (block != null) {
                pool.release(block);
            }
        }
    }

    private static void move(Tensor tensor, int[] sources, long rowElements) {
        for (int target = 0; target < sources.length; target++) {
            if (sources[target] < target) {
                throw new IllegalArgumentException("row " + sources[target] + " cannot move back to " + target);
            }
            if (sources[target] != target) {
                tensor.move(sources[target] * rowElements, target * rowElements, rowElements);
            }
        }
    }

    private Tensor[] views(@Nullable Block[] blocks, int tokens) {
        Tensor[] views = new Tensor[blocks.length];
        Shape shape = Shape.of(rows, geometry.headCount(), tokens, geometry.headSize());
        for (int i = 0; i < blocks.length; i++) {
            Block block = blocks[i];
            if (block == null) {
                throw new IllegalStateException("the cache has no memory to view");
            }
            views[i] = Tensor.over(block.memory(), DType.FLOAT32, shape);
        }
        return views;
    }

    private Tensor maskView() {
        return Tensor.over(mask.memory(), DType.INT64, Shape.of(rows, demand.sourceLength()));
    }
}
