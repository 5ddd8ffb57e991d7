package dev.triptych.tensor;

/** Element types that Triptych moves in and out of graphs, with their width in bytes. */
public enum DType {
    FLOAT32(4),
    FLOAT16(2),
    INT64(8),
    INT32(4),
    INT8(1),
    UINT8(1),
    BOOL(1);

    private final int byteSize;

    DType(int byteSize) {
        this.byteSize = byteSize;
    }

    /** Bytes of one element. */
    public int byteSize() {
        return byteSize;
    }
}
