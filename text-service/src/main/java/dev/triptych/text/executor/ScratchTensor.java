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
    private Tensor view;

    ScratchTensor(DType dtype) {
        this.dtype = dtype;
        this.view = Tensor.allocate(Arena.ofAuto(), dtype, Shape.of(0));
    }

    /**
     * A view of that shape, the same one as long as the shape is the same; its contents are those of earlier views, or
     * zero.
     */
    Tensor view(long... dims) {
        if (!view.shape().is(dims)) {
            long needed = Shape.of(dims).elementCount();
            if (view.capacity() < needed) {
                view = Tensor.allocate(Arena.ofAuto(), dtype, Shape.of(Math.max(needed, 2 * view.capacity())));
            }
            view = view.reshaped(dims);
        }
        return view;
    }
}
