package dev.triptych.vision.batching;

import java.util.List;
import java.util.Map;

/**
 * What a graph gave for one picture.
 *
 * @param arrays by the output's name
 */
public record RowOutputs(Map<String, Array> arrays) {

    public RowOutputs {
        arrays = Map.copyOf(arrays);
    }

    /**
     * One output's row, float32, row-major.
     *
     * @param dims extents without the batch's
     * @param values as many as the extents multiply to
     */
    @SuppressWarnings("ArrayRecordComponent") // Masks of many labels are large and read once.
    public record Array(List<Integer> dims, float[] values) {

        public Array {
            dims = List.copyOf(dims);
        }

        /** The extent along an axis; 0 is the first after the batch's. */
        public int dim(int axis) {
            return dims.get(axis);
        }
    }

    /**
     * An output that was asked for.
     *
     * @throws IllegalArgumentException if it was not
     */
    public Array get(String name) {
        Array array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("there is no output '" + name + "', only " + arrays.keySet());
        }
        return array;
    }
}
