package dev.triptych.text.kvcache;

import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.TensorMemory;
import dev.triptych.text.kvcache.BlockPool.Block;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Caches of one cohort in which every row has its own length. A buffer per layer, attention and part is the graph's input
 * and output at once, {@code [rows, heads, capacity, headSize]}; a step appends each row's token where that row ends, so no
 * byte is copied:
 *
 * <pre>
 *   row 0   k0 k1 k2 k3 ·  ·  ·  ·      past length 4
 *   row 1   k0 k1 ·  ·  ·  ·  ·  ·      past length 2
 *   row 2   ·  ·  ·  ·  ·  ·  ·  ·      joins with this step
 *           |------- capacity ----|
 * </pre>
 *
 * <p>Rows stand without gaps from the front. Capacities double when rows, sources or outputs outgrow them, which copies
 * what is there once. The buffers of an attention lie one behind the other in one block, so that what moves, moves in one
 * go. They may be a device's: this class hands them out and names rows, but never looks into them.
 */
final class SharedBuffers {

    private static final int FIRST_ROWS = 4;
    private static final int FIRST_TOKENS = 32;
    private static final int EIGHT = 8;
    private static final Tensor[] NO_VIEWS = {};

    private final KvGeometry geometry;
    private final BlockPool pool;
    private final TensorMemory memory;
    private final Side self;
    private final Side cross;

    private CacheDemand promised;
    private int rows;
    private int[] pastLengths = new int[FIRST_ROWS];
    private int[] sourceLengths = new int[FIRST_ROWS];

    /** Rows of the same number have the same prompt, and so the same cross-attention. */
    private long[] sourceNumbers = new long[FIRST_ROWS];

    private long prompts;

    SharedBuffers(KvGeometry geometry, BlockPool pool, TensorMemory memory, CacheDemand promised) {
        this.geometry = geometry;
        this.pool = pool;
        this.memory = memory;
        this.promised = promised;
        this.self = new Side();
        this.cross = new Side();
    }

    /** The most that a cohort of that demand holds at once: its buffers, and those of half the size that one outgrows. */
    static long bytes(KvGeometry geometry, CacheDemand demand) {
        int rows = capacity(FIRST_ROWS, demand.rows());
        long self = blockBytes(geometry, rows, capacity(FIRST_TOKENS, demand.maxLength()));
        long cross = blockBytes(geometry, rows, capacity(FIRST_TOKENS, demand.sourceLength()));
        return Math.addExact(Math.addExact(self, cross), Math.max(self, cross) / 2);
    }

    private static long blockBytes(KvGeometry geometry, int rows, int length) {
        return BlockPool.blockSize(Math.multiplyExact(
                geometry.elements(rows, length),
                (long) geometry.tensorCount() * geometry.dtype().byteSize()));
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

    /** Copies keys and values of prompts, by turns {@code [prompts, heads, length, headSize]}, to rows from {@code first} on. */
    void place(EncodedPrompts encoded, int first) {
        int[] sources = IntStream.range(0, encoded.rows()).toArray();
        int[] targets = Arrays.stream(sources).map(row -> first + row).toArray();
        memory.copyRows(
                encoded.all(),
                everywhere(sources, encoded.rows()),
                cross.all(),
                everywhere(targets, cross.rowCapacity),
                encoded.length());
    }

    /** Moves what rows hold in place, after {@link RowMoves#check}; buffers grow where rows become more. */
    void rearrange(int[] sources) {
        RowMoves.check(sources, rows);
        if (sources.length > rows) {
            grow(sources.length);
        }
        self.move(sources, pastLengths, (source, target) -> true);
        cross.move(
                sources,
                sourceLengths,
                (source, target) -> target >= rows || sourceNumbers[target] != sourceNumbers[source]);
        for (int target = 0; target < sources.length; target++) {
            int source = sources[target];
            pastLengths[target] = pastLengths[source];
            sourceLengths[target] = sourceLengths[source];
            sourceNumbers[target] = sourceNumbers[source];
        }
        rows = sources.length;
    }

    /** The same rows of every tensor of a side, as rows of the block they share. */
    private int[] everywhere(int[] places, int rowsOfTensor) {
        int[] all = new int[places.length * geometry.tensorCount()];
        for (int i = 0; i < all.length; i++) {
            all[i] = i / places.length * rowsOfTensor + places[i % places.length];
        }
        return all;
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

    /** Whether what a row holds must be moved. */
    private interface Moves {
        boolean needed(int source, int target);
    }

    /** The buffers of one attention, which have one shape and share a block. */
    private final class Side {

        private @Nullable Block block;
        private int rowCapacity;
        private int lengthCapacity;

        /** Stand for as many steps as buffers and rows do, so that whoever binds them may keep what was bound. */
        private Tensor[] views = NO_VIEWS;

        void ensure(int stepRows, int length, int[] lengths) {
            if (stepRows <= rowCapacity && length <= lengthCapacity) {
                return;
            }
            int newRows = Math.max(rowCapacity, capacity(FIRST_ROWS, stepRows));
            int newLength = Math.max(lengthCapacity, capacity(FIRST_TOKENS, length));
            Block grown = pool.lease(blockBytes(geometry, newRows, newLength));
            if (block != null) {
                int[] running = IntStream.range(0, rows).toArray();
                memory.copyRows(
                        all(block, rowCapacity, lengthCapacity),
                        everywhere(running, rowCapacity),
                        all(grown, newRows, newLength),
                        everywhere(running, newRows),
                        longest(running, lengths));
                pool.release(block);
            }
            block = grown;
            views = NO_VIEWS;
            rowCapacity = newRows;
            lengthCapacity = newLength;
        }

        void move(int[] rowSources, int[] lengths, Moves moves) {
            int[] targets = IntStream.range(0, rowSources.length)
                    .filter(target -> rowSources[target] != target && moves.needed(rowSources[target], target))
                    .toArray();
            if (targets.length > 0) {
                int[] sources =
                        Arrays.stream(targets).map(target -> rowSources[target]).toArray();
                memory.copyRows(
                        all(),
                        everywhere(sources, rowCapacity),
                        all(),
                        everywhere(targets, rowCapacity),
                        longest(sources, lengths));
            }
        }

        /** All tensors as one, {@code [tensors · rows, heads, length, headSize]}. */
        Tensor all() {
            return all(Objects.requireNonNull(block), rowCapacity, lengthCapacity);
        }

        private Tensor all(Block of, int rowsOfTensor, int length) {
            return of.tensor(0, geometry.dtype(), shape(geometry.tensorCount() * rowsOfTensor, length));
        }

        Tensor[] views(int stepRows) {
            if (block != null && (views.length == 0 || views[0].shape().dim(0) != stepRows)) {
                views = new Tensor[geometry.tensorCount()];
                long bytes = geometry.elements(rowCapacity, lengthCapacity)
                        * geometry.dtype().byteSize();
                for (int i = 0; i < views.length; i++) {
                    views[i] = block.tensor(i * bytes, geometry.dtype(), shape(stepRows, lengthCapacity));
                }
            }
            return views;
        }

        private Shape shape(int rowsOfTensor, int length) {
            return Shape.of(rowsOfTensor, geometry.headCount(), length, geometry.headSize());
        }

        /** What the longest row holds, in whole eights, which are quicker to copy; what is behind its end goes along. */
        private int longest(int[] of, int[] lengths) {
            int longest = Arrays.stream(of).map(row -> lengths[row]).max().orElse(0);
            return Math.ceilDiv(longest, EIGHT) * EIGHT;
        }

        void release() {
            if (block != null) {
                pool.release(block);
            }
            block = null;
            views = NO_VIEWS;
            rowCapacity = 0;
            lengthCapacity = 0;
        }
    }
}
