package dev.triptych.wire.inference;

import dev.triptych.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The protocol's names of the element types that graphs here take and give. */
public enum TensorType {
    BOOL(DType.BOOL),
    UINT8(DType.UINT8),
    INT8(DType.INT8),
    INT32(DType.INT32),
    INT64(DType.INT64),
    /** Has no form in JSON, by the protocol; it travels as raw bytes only. */
    FP16(DType.FLOAT16),
    FP32(DType.FLOAT32);

    private final DType elements;

    TensorType(DType elements) {
        this.elements = elements;
    }

    public DType elements() {
        return elements;
    }

    /** Bytes of one element. */
    public int byteSize() {
        return elements.byteSize();
    }

    public static TensorType of(DType elements) {
        return Arrays.stream(values())
                .filter(type -> type.elements == elements)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the protocol has no name for " + elements));
    }

    /** The type of that name; empty for {@code BYTES} and others that no graph here takes. */
    public static Optional<TensorType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    /** All names, for messages. */
    static List<String> names() {
        return Arrays.stream(values()).map(TensorType::name).toList();
    }
}
