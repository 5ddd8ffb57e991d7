package dev.triptych.text.executor;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import java.lang.foreign.Arena;

/**
 * Memory for one of the executor's own tensors; grows by doubling and is then viewed through smaller shapes. Outgrown
 * memory is left to the garbage collector, which is rare enough.
 */
final class ScratchTensor {

    private final DType dtype;
    private Tensor tensor;

    ScratchTensor(DType dtype) {
        this.dtype = dtype;
        this.tensor = Tensor.allocate(Arena.ofAuto(), dtype, Shape.of(0));
    }

    /** A view of that shape; its contents are those of earlier views, or zero. */
    Tensor view(long... dims) {
        long needed = Shape.of(dims).elementCount();
        if (tensor.capacity() < needed) {
            tensor = Tensor.allocate(Arena.ofAuto(), dtype, Shape.of(Math.max(needed, 2 * tensor.capacity())));
        }
        return tensor.reshaped(dims);
    }
}
