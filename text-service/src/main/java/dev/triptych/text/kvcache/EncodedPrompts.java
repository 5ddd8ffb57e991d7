package dev.triptych.text.kvcache;

import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.TensorMemory;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the encoder leaves cross-attention's keys and values of a batch, on its way to rows of the cache:
 *
 * <pre>
 *   keys of layer 0   [rows, heads, length, headSize]
 *   values of layer 0 [rows, heads, length, headSize]
 *   keys of layer 1   …
 * </pre>
 *
 * <p>Lies beside the caches, outside their budget: the batch of an encoder's run bounds it. Owned by the cache.
 */
final class EncodedPrompts implements AutoCloseable {

    private final KvGeometry geometry;
    private final TensorMemory memory;
    private TensorMemory.@Nullable Block block;
    private int rows;
    private int length;

    EncodedPrompts(KvGeometry geometry, TensorMemory memory) {
        this.geometry = geometry;
        this.memory = memory;
    }

    int rows() {
        return rows;
    }

    int length() {
        return length;
    }

    /** Room for a batch, keys and values by turns; what was there is lost. */
    Tensor[] room(int batchRows, int batchLength) {
        long bytes =
                geometry.elements(batchRows, batchLength) * geometry.dtype().byteSize();
        long needed = bytes * geometry.tensorCount();
        if (block == null || block.byteSize() < needed) {
            close();
            block = memory.allocate(BlockPool.blockSize(needed));
        }
        rows = batchRows;
        length = batchLength;
        Tensor[] views = new Tensor[geometry.tensorCount()];
        for (int i = 0; i < views.length; i++) {
            views[i] = block.tensor(i * bytes, geometry.dtype(), shape(rows));
        }
        return views;
    }

    /** All tensors as one, {@code [tensors · rows, heads, length, headSize]}. */
    Tensor all() {
        return Objects.requireNonNull(block).tensor(0, geometry.dtype(), shape(geometry.tensorCount() * rows));
    }

    private Shape shape(int rowsOfTensor) {
        return Shape.of(rowsOfTensor, geometry.headCount(), length, geometry.headSize());
    }

    @Override
    public void close() {
        if (block != null) {
            block.close();
            block = null;
        }
    }
}
