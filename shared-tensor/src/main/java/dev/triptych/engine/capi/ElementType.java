package dev.triptych.engine.capi;

import dev.triptych.engine.EngineException;
import dev.triptych.tensor.DType;

/** Numbers of {@code ONNXTensorElementDataType}. */
final class ElementType {

    private ElementType() {}

    static int of(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> 1;
            case UINT8 -> 2;
            case INT8 -> 3;
            case INT32 -> 6;
            case INT64 -> 7;
            case BOOL -> 9;
            case FLOAT16 -> 10;
        };
    }

    /** @throws EngineException if it is none that Triptych moves */
    static DType dtype(int number) {
        for (DType dtype : DType.values()) {
            if (of(dtype) == number) {
                return dtype;
            }
        }
        throw new EngineException("tensors of ONNX element type " + number + " are not supported");
    }
}
