package dev.triptych.text.kvcache;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.text.kvcache.BlockPool.Block;
import java.util.Arrays;
import java.util.Optional;

/**
 * Caches of one cohort in which every row has its own length. A buffer per layer, attention and part is the graph's input
 * and output at once, float32 {@code [rows, heads, capacity, headSize]}; a step appends each row's token where that row
 * ends, so no byte is copied:
 *
 * <pre>
 *   row 0   k0 k1 k2 k3 ·  ·  ·  ·      past length 4
 *   row 1   k0 k1 ·  ·  ·  ·  ·  ·      past length 2
 *   row 2   ·  ·  ·  ·  ·  ·  ·  ·      joins with this step
 *           |------- capacity ----|
 * </pre>
 *
 * <p>Rows stand without gaps from the front. Capacities double when rows, sources or outputs outgrow them, which copies
 * what is there once.
 */
final class SharedBuffers {

    private static final int FIRST_ROWS = 4;
    private static final int FIRST_TOKENS = 32;

    private final KvGeometry geometry;
    private final BlockPool pool;
    private final Side self;
    private final Side cross;

    private CacheDemand promised;
    private int rows;
    private int[] pastLengths = new int[FIRST_ROWS];
    private int[] sourceLengths = new int[FIRST_ROWS];

    /** Rows of the same number have the same prompt, and so the same cross-attention. */
    private long[] sourceNumbers = new long[FIRST_ROWS];

    private long prompts;

    SharedBuffers(KvGeometry geometry, BlockPool pool, CacheDemand promised) {
        this.geometry = geometry;
        this.pool = pool;
        this.promised = promised;
        this.self = new Side();
        this.cross = new Side();
    }

    /** The most that a cohort of that demand holds at once: all its buffers, and one more while one grows. */
    static long bytes(KvGeometry geometry, CacheDemand demand) {
        int rows = capacity(FIRST_ROWS, demand.rows());
        long self =
                BlockPool.blockSize(geometry.elements(rows, capacity(FIRST_TOKENS, demand.maxLength())) * Float.BYTES);
        long cross = BlockPool.blockSize(
                geometry.elements(rows, capacity(FIRST_TOKENS, demand.sourceLength())) * Float.BYTES);
        return Math.addExact(Math.multiplyExact(geometry.tensorCount(), self + cross), Math.max(self, cross));
    }

    /** The least doubling of {@code first} that holds {@code needed}. */
    private static int capacity(int first, int needed) {
        int capacity = first;
        while (capacity < needed) {
            capacity = Math.multiplyExact(capacity, 2);
        }
        return capacity;
    }

    CohortExtent extent() {
        return new CohortExtent(rows, Optional.of(promised));
    }

    void promise(CacheDemand demand) {
        promised = demand;
    }

    int rows() {
        return rows;
    }

    int pastLength(int row) {
        return pastLengths[row];
    }

    int sourceLength(int row) {
        return sourceLengths[row];
    }

    /** Makes room for {@code tokens} more in each of {@code stepRows} rows; those behind the present ones start empty. */
    void extend(int stepRows, int sourceLength, int tokens) {
        int longest = 0;
        for (int row = 0; row < rows; row++) {
            longest = Math.max(longest, pastLengths[row]);
        }
        growLists(stepRows);
        Arrays.fill(pastLengths, rows, stepRows, 0);
        self.ensure(stepRows, longest + tokens, pastLengths);
        cross.ensure(stepRows, sourceLength, sourceLengths);
    }

    /** Self-attention's buffers of a step, keys and values by turns. */
    Tensor[] self(int stepRows) {
        return self.views(stepRows);
    }

    /** Cross-attention's buffers of a step, keys and values by turns. */
    Tensor[] cross(int stepRows) {
        return cross.views(stepRows);
    }

    void setSourceLength(int row, int length) {
        sourceLengths[row] = length;
        sourceNumbers[row] = prompts++;
    }

    /** Every row of the step is as many tokens longer as it keeps. */
    void commit(int stepRows, int[] kept) {
        rows = stepRows;
        for (int row = 0; row < rows; row++) {
            pastLengths[row] += kept[row];
        }
    }

    /** Moves what rows hold in place, after {@link RowMoves#check}; buffers grow where rows become more. */
    void rearrange(int[] sources) {
        RowMoves.check(sources, rows);
        if (sources.length > rows) {
            grow(sources.length);
        }
        for (int target = 0; target < sources.length; target++) {
            int source = sources[target];
            if (source != target) {
                self.move(source, target, pastLengths[source]);
                if (target >= rows || sourceNumbers[target] != sourceNumbers[source]) {
                    cross.move(source, target, sourceLengths[source]);
                }
                pastLengths[target] = pastLengths[source];
                sourceLengths[target] = sourceLengths[source];
                sourceNumbers[target] = sourceNumbers[source];
            }
        }
        rows = sources.length;
    }

    private void grow(int moreRows) {
        growLists(moreRows);
        self.ensure(moreRows, 1, pastLengths);
        cross.ensure(moreRows, 1, sourceLengths);
    }

    private void growLists(int moreRows) {
        if (moreRows > pastLengths.length) {
            pastLengths = Arrays.copyOf(pastLengths, capacity(FIRST_ROWS, moreRows));
            sourceLengths = Arrays.copyOf(sourceLengths, pastLengths.length);
            sourceNumbers = Arrays.copyOf(sourceNumbers, pastLengths.length);
        }
    }

    /** Returns every block. */
    void release() {
        self.release();
        cross.release();
    }

    /** The buffers of one attention, which have one shape. */
    private final class Side {

        private Block[] blocks = new Block[0];
        private int rowCapacity;
        private int lengthCapacity;

        void ensure(int stepRows, int length, int[] lengths) {
            if (stepRows <= rowCapacity && length <= lengthCapacity) {
                return;
            }
            int newRows = Math.max(rowCapacity, capacity(FIRST_ROWS, stepRows));
            int newLength = Math.max(lengthCapacity, capacity(FIRST_TOKENS, length));
            Block[] grown = Arrays.copyOf(blocks, geometry.tensorCount());
            for (int i = 0; i < grown.length; i++) {
                Block block = pool.lease(geometry.elements(newRows, newLength) * Float.BYTES);
                if (i < blocks.length) {
                    copy(blocks[i], block, newLength, lengths);
                    pool.release(blocks[i]);
                }
                grown[i] = block;
            }
            blocks = grown;
            rowCapacity = newRows;
            lengthCapacity = newLength;
        }

        private void copy(Block from, Block to, int newLength, int[] lengths) {
            Tensor source = view(from, rows, lengthCapacity);
            Tensor target = view(to, rows, newLength);
            long size = geometry.headSize();
            for (int row = 0; row < rows; row++) {
                for (int head = 0; head < geometry.headCount(); head++) {
                    long at = (long) row * geometry.headCount() + head;
                    target.copyFrom(source, at * lengthCapacity * size, at * newLength * size, lengths[row] * size);
                }
            }
        }

        void move(int source, int target, int length) {
            long size = geometry.headSize();
            for (Block block : blocks) {
                Tensor tensor = view(block, rowCapacity, lengthCapacity);
                for (int head = 0; head < geometry.headCount(); head++) {
                    long from = ((long) source * geometry.headCount() + head) * lengthCapacity * size;
                    long to = ((long) target * geometry.headCount() + head) * lengthCapacity * size;
                    tensor.move(from, to, length * size);
                }
            }
        }

        Tensor[] views(int stepRows) {
            Tensor[] views = new Tensor[blocks.length];
            for (int i = 0; i < views.length; i++) {
                views[i] = view(blocks[i], stepRows, lengthCapacity);
            }
            return views;
        }

        private Tensor view(Block block, int viewRows, int length) {
            return Tensor.over(
                    block.memory(),
                    DType.FLOAT32,
                    Shape.of(viewRows, geometry.headCount(), length, geometry.headSize()));
        }

        void release() {
            for (Block block : blocks) {
                pool.release(block);
            }
            blocks = new Block[0];
            rowCapacity = 0;
            lengthCapacity = 0;
        }
    }
}
