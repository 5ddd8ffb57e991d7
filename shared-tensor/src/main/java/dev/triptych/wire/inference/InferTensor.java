package dev.triptych.wire.inference;

import java.util.List;

/**
 * A tensor of a request or an answer.
 *
 * @param name of the graph's input or output
 * @param type of its elements
 * @param shape extents, outermost first
 * @param data elements, row-major and little-endian; exactly as many bytes as type and shape come to
 */
@SuppressWarnings("ArrayRecordComponent") // Read once, on its way between a body and a graph.
public record InferTensor(String name, TensorType type, List<Long> shape, byte[] data) {

    public InferTensor {
        shape = List.copyOf(shape);
    }

    /** The product of the extents. */
    public long elementCount() {
        return data.length / type.byteSize();
    }
}
