package dev.triptych.engine;

import dev.triptych.tensor.DType;
import java.util.List;

/**
 * A graph's claim about one of its inputs or outputs.
 *
 * @param dtype element type
 * @param dims extents, outermost first; {@link #DYNAMIC} where the graph leaves one open
 */
public record TensorSpec(DType dtype, List<Long> dims) {

    public static final long DYNAMIC = -1;

    public TensorSpec {
        dims = List.copyOf(dims);
    }

    public int rank() {
        return dims.size();
    }
}
