package dev.triptych.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A row-major view over off-heap memory: shape {@code [d0, …, dn]} and element type over the first
 * {@code d0 · … · dn} elements of a segment.
 *
 * <pre>
 *   segment: | element 0 | element 1 | … | element n-1 | spare capacity … |
 *            '-------------- shape -------------------'
 * </pre>
 *
 * <p>The memory belongs to the arena it came from. A buffer allocated once for the largest shape is viewed through
 * smaller ones with {@link #reshaped}, so that a decode loop allocates nothing per step. Not thread-safe: one owner
 * writes at a time.
 */
public final class Tensor {

    /** Rows start on cache lines, which the runtime's vector kernels like. */
    private static final long ALIGNMENT = 64;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    /** Of a tensor on a device, no bytes at the address there: each access from Java then fails by its bounds. */
    private final MemorySegment segment;

    private final long availableBytes;
    private final boolean onDevice;
    private final DType dtype;
    private final Shape shape;

    private Tensor(MemorySegment segment, long availableBytes, boolean onDevice, DType dtype, Shape shape) {
        long needed = Math.multiplyExact(shape.elementCount(), (long) dtype.byteSize());
        if (needed > availableBytes) {
            throw new ShapeMismatchException("a tensor " + dtype + shape + " needs " + needed
                    + " bytes, the memory given has " + availableBytes);
        }
        this.segment = segment;
        this.availableBytes = availableBytes;
        this.onDevice = onDevice;
        this.dtype = dtype;
        this.shape = shape;
    }

    /** Zero-filled memory for {@code shape}, freed with {@code arena}. */
    public static Tensor allocate(Arena arena, DType dtype, Shape shape) {
        long bytes = Math.max(1, Math.multiplyExact(shape.elementCount(), (long) dtype.byteSize()));
        return over(arena.allocate(bytes, ALIGNMENT), dtype, shape);
    }

    /** A view over memory that the caller owns; elements are in native byte order. */
    public static Tensor over(MemorySegment segment, DType dtype, Shape shape) {
        return new Tensor(segment, segment.byteSize(), false, dtype, shape);
    }

    /**
     * A view over memory that only graphs can reach; reading or writing elements from Java throws {@link
     * IndexOutOfBoundsException}.
     *
     * @param address where the memory starts, on its device
     * @param bytes how much is there
     */
    public static Tensor onDevice(long address, long bytes, DType dtype, Shape shape) {
        return new Tensor(MemorySegment.ofAddress(address), bytes, true, dtype, shape);
    }

    /** Whether only graphs can reach the memory. */
    public boolean isOnDevice() {
        return onDevice;
    }

    /** Whether its memory has not been freed. */
    public boolean isAlive() {
        return segment.scope().isAlive();
    }

    public Shape shape() {
        return shape;
    }

    public DType dtype() {
        return dtype;
    }

    /** Elements that fit the memory, whatever the present shape. */
    public long capacity() {
        return availableBytes / dtype.byteSize();
    }

    /** Bytes of the present shape. */
    public long byteSize() {
        return shape.elementCount() * dtype.byteSize();
    }

    /**
     * The same memory seen through another shape, which may be smaller or, up to {@link #capacity}, larger.
     *
     * @throws ShapeMismatchException if the memory is too small for it
     */
    public Tensor reshaped(long... dims) {
        return new Tensor(segment, availableBytes, onDevice, dtype, Shape.of(dims));
    }

    public float getFloat(long index) {
        return segment.getAtIndex(FLOAT, index);
    }

    public void setFloat(long index, float value) {
        segment.setAtIndex(FLOAT, index, value);
    }

    public long getLong(long index) {
        return segment.getAtIndex(LONG, index);
    }

    public void setLong(long index, long value) {
        segment.setAtIndex(LONG, index, value);
    }

    public int getInt(long index) {
        return segment.getAtIndex(INT, index);
    }

    public void setInt(long index, int value) {
        segment.setAtIndex(INT, index, value);
    }

    /** Copies {@code count} float32 elements from {@code index} on into {@code target}. */
    public void copyFloats(long index, float[] target, int targetIndex, int count) {
        MemorySegment.copy(segment, FLOAT, index * Float.BYTES, target, targetIndex, count);
    }

    /** Copies {@code count} float32 elements of {@code source} to {@code index} on. */
    public void putFloats(long index, float[] source, int sourceIndex, int count) {
        MemorySegment.copy(source, sourceIndex, segment, FLOAT, index * Float.BYTES, count);
    }

    /**
     * Moves {@code count} elements from {@code from} to {@code to} within this tensor; the ranges may overlap.
     * Compacting a batch moves whole rows this way.
     */
    public void move(long from, long to, long count) {
        long width = dtype.byteSize();
        MemorySegment.copy(segment, from * width, segment, to * width, count * width);
    }

    /** Copies {@code count} elements of {@code source} from {@code from} to {@code to} here; element types must agree. */
    public void copyFrom(Tensor source, long from, long to, long count) {
        if (source.dtype != dtype) {
            throw new ShapeMismatchException("cannot copy " + source.dtype + " into " + dtype);
        }
        long width = dtype.byteSize();
        MemorySegment.copy(source.segment, from * width, segment, to * width, count * width);
    }

    /** Sets every byte of the present shape to zero. */
    public void zero() {
        segment.asSlice(0, byteSize()).fill((byte) 0);
    }

    /** Sets {@code count} elements from {@code index} on to zero. */
    public void zero(long index, long count) {
        long width = dtype.byteSize();
        segment.asSlice(index * width, count * width).fill((byte) 0);
    }

    /** A direct buffer in native order over the present shape, without a copy. */
    public ByteBuffer byteBuffer() {
        return segment.asSlice(0, byteSize()).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** Where the first element is, for those who hand memory to native code. */
    public long address() {
        return segment.address();
    }

    /** The memory of the present shape. */
    public MemorySegment memory() {
        return segment.asSlice(0, byteSize());
    }

    @Override
    public String toString() {
        return dtype + shape.toString();
    }
}
