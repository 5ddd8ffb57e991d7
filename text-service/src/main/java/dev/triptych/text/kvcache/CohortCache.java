package dev.triptych.text.kvcache;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.text.kvcache.BlockPool.Block;
import java.util.Arrays;
import java.util.Objects;
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

    /** Rows of the same number have the same prompt, and so the same cross-attention and mask. */
    private final int[] sourceNumbers;

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
        this.rows = demand.joining();
        this.sourceNumbers = new int[demand.rows()];
        Arrays.setAll(sourceNumbers, row -> row);
        this.front = new Block[geometry.tensorCount()];
        this.back = new Block[geometry.tensorCount()];
        int crossCount = geometry.crossAttention() ? geometry.tensorCount() : 0;
        long[] bytes = new long[crossCount + 1];
        Arrays.fill(bytes, geometry.elements(demand.rows(), demand.sourceLength()) * Float.BYTES);
        bytes[crossCount] = (long) demand.rows() * demand.sourceLength() * Long.BYTES;
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

    /** Moves whole rows in place, after {@link RowMoves#check}; self-attention grows where rows become more. */
    void rearrange(int[] sources) {
        RowMoves.check(sources, rows);
        if (sources.length > demand.rows()) {
            throw new IllegalArgumentException(
                    "the cohort set room for " + demand.rows() + " rows aside, not for " + sources.length);
        }
        int before = rows;
        rows = sources.length;
        if (length > 0) {
            rearrangeSelf(sources);
        }
        crossViews = views(cross, demand.sourceLength());
        maskView = maskView();
        long crossRow = geometry.elements(1, demand.sourceLength());
        for (int target = 0; target < sources.length; target++) {
            int source = sources[target];
            if (sourceNumbers[target] != sourceNumbers[source] || target >= before) {
                for (Block block : cross) {
                    whole(block, demand.sourceLength()).move(source * crossRow, target * crossRow, crossRow);
                }
                whole(mask)
                        .move(
                                (long) source * demand.sourceLength(),
                                (long) target * demand.sourceLength(),
                                demand.sourceLength());
                sourceNumbers[target] = sourceNumbers[source];
            }
        }
    }

    private void rearrangeSelf(int[] sources) {
        long row = geometry.elements(1, length);
        for (int i = 0; i < front.length; i++) {
            Block present = Objects.requireNonNull(front[i], "a committed step has a past");
            Tensor from = whole(present, length);
            Block target = present;
            if (present.size() < rows * row * Float.BYTES) {
                Block spare = back[i];
                if (spare != null) {
                    pool.release(spare);
                }
                back[i] = null;
                target = pool.lease(rows * row * Float.BYTES);
                front[i] = target;
                back[i] = present;
            }
            Tensor to = whole(target, length);
            for (int place = 0; place < rows; place++) {
                if (target != present || sources[place] != place) {
                    to.copyFrom(from, sources[place] * row, place * row, row);
                }
            }
        }
        past = views(front, length);
    }

    /** Every row that a block has room for. */
    private Tensor whole(Block block, int tokens) {
        long rowsOfBlock = block.size() / (geometry.elements(1, tokens) * Float.BYTES);
        return Tensor.over(
                block.memory(),
                DType.FLOAT32,
                Shape.of(rowsOfBlock, geometry.headCount(), tokens, geometry.headSize()));
    }

    private Tensor whole(Block block) {
        long rowsOfBlock = block.size() / ((long) demand.sourceLength() * Long.BYTES);
        return Tensor.over(block.memory(), DType.INT64, Shape.of(rowsOfBlock, demand.sourceLength()));
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
