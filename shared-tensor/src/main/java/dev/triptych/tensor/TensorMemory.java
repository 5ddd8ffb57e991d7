package dev.triptych.tensor;

import java.lang.foreign.MemorySegment;

/**
 * Where tensors live that graphs read and write in place: the host's memory, or that of the device the graphs run on. Java
 * code cannot look into a device's; what it needs done there, this does.
 *
 * <p>Not thread-safe, but blocks may be closed on any thread.
 */
public interface TensorMemory {

    /** The host's memory. */
    static TensorMemory host() {
        return HostMemory.INSTANCE;
    }

    /**
     * A block of its own, to be closed by the caller; all zero at first.
     *
     * @throws RuntimeException if there is not so much memory
     */
    Block allocate(long bytes);

    /**
     * Copies the first places of rows, in every head. All rows are read before one is written.
     *
     * <pre>
     *   from  [fromRows, heads, fromLength, headSize]      row sources[i], places 0 … length-1
     *   to    [toRows,   heads, toLength,   headSize]  ==> row targets[i], places 0 … length-1
     * </pre>
     *
     * @param from of this memory or the host's
     * @param to the same, of the same element type; may be {@code from}, where no target is also a source
     * @param length of 0 copies nothing
     */
    void copyRows(Tensor from, int[] sources, Tensor to, int[] targets, int length);

    /** Memory and its owner. Compared by identity. */
    interface Block extends AutoCloseable {

        long byteSize();

        /**
         * A view of a part of the block.
         *
         * @param offset bytes before the first element
         * @throws ShapeMismatchException if the block is too small
         */
        Tensor tensor(long offset, DType dtype, Shape shape);

        /**
         * The bytes, for blocks of the host's memory.
         *
         * @throws UnsupportedOperationException for a device's
         */
        MemorySegment memory();

        /** Frees the block; views of it must not be used after. */
        @Override
        void close();
    }
}
