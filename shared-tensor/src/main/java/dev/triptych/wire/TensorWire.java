package dev.triptych.wire;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A tensor as bytes, little-endian:
 *
 * <pre>
 *   'T' 'P' 'T' '1' | dtype u8 | rank u8 | 0 0 | dim int64 × rank | elements, row-major
 * </pre>
 *
 * The element type is its position in {@link DType}; the header is a multiple of 8 bytes, so elements stay aligned.
 */
public final class TensorWire {

    /** Media type of the form. */
    public static final String MEDIA_TYPE = "application/vnd.triptych.tensor";

    private static final int MAGIC = 'T' | 'P' << 8 | 'T' << 16 | '1' << 24;
    private static final int FIXED_HEADER = 8;
    private static final int MAX_RANK = 8;

    private TensorWire() {}

    /** Copies a tensor into its wire form. */
    public static byte[] write(Tensor tensor) {
        int rank = tensor.shape().rank();
        int header = FIXED_HEADER + rank * Long.BYTES;
        byte[] bytes = new byte[Math.toIntExact(header + tensor.byteSize())];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(MAGIC)
                .put((byte) tensor.dtype().ordinal())
                .put((byte) rank)
                .putShort((short) 0);
        for (int axis = 0; axis < rank; axis++) {
            buffer.putLong(tensor.shape().dim(axis));
        }
        MemorySegment.copy(tensor.memory(), 0, MemorySegment.ofArray(bytes), header, tensor.byteSize());
        return bytes;
    }

    /**
     * Reads the wire form into memory of {@code arena}.
     *
     * @throws TriptychException.Rejected if the bytes are not a whole tensor
     */
    public static Tensor read(Arena arena, byte[] bytes) {
        if (bytes.length < FIXED_HEADER) {
            throw malformed("a tensor has at least " + FIXED_HEADER + " bytes, got " + bytes.length);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (buffer.getInt() != MAGIC) {
            throw malformed("a tensor starts with TPT1");
        }
        int type = Byte.toUnsignedInt(buffer.get());
        int rank = Byte.toUnsignedInt(buffer.get());
        int header = FIXED_HEADER + rank * Long.BYTES;
        if (type >= DType.values().length || rank > MAX_RANK || buffer.getShort() != 0 || bytes.length < header) {
            throw malformed("unknown element type " + type + ", rank " + rank + " over " + MAX_RANK + " or cut short");
        }
        DType dtype = DType.values()[type];
        long[] dims = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            dims[axis] = buffer.getLong();
        }
        Shape shape = shape(dims);
        long expected = bytes.length - (long) header;
        if (shape.elementCount() > expected || shape.elementCount() * dtype.byteSize() != expected) {
            throw malformed(dtype + shape.toString() + " does not fill the " + expected + " bytes that follow");
        }
        Tensor tensor = Tensor.allocate(arena, dtype, shape);
        MemorySegment.copy(MemorySegment.ofArray(bytes), header, tensor.memory(), 0, expected);
        return tensor;
    }

    private static Shape shape(long[] dims) {
        try {
            return Shape.of(dims);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw malformed("impossible extents: " + e.getMessage());
        }
    }

    private static TriptychException.Rejected malformed(String message) {
        return new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, "data", message);
    }
}
