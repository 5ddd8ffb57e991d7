package dev.triptych.tensor;

import java.util.Arrays;

/** The extents of a tensor, outermost axis first; rank 0 is a scalar. Immutable. */
public final class Shape {

    private final long[] dims;
    private final long elementCount;

    private Shape(long[] dims) {
        long count = 1;
        for (long dim : dims) {
            if (dim < 0) {
                throw new ShapeMismatchException("every extent must be 0 or more, got " + Arrays.toString(dims));
            }
            count = Math.multiplyExact(count, dim);
        }
        this.dims = dims;
        this.elementCount = count;
    }

    /**
     * A shape of the given extents.
     *
     * @throws ShapeMismatchException if an extent is negative
     * @throws ArithmeticException if the element count overflows a {@code long}
     */
    public static Shape of(long... dims) {
        return new Shape(dims.clone());
    }

    public int rank() {
        return dims.length;
    }

    public long dim(int axis) {
        return dims[axis];
    }

    /** A copy of the extents. */
    public long[] toArray() {
        return dims.clone();
    }

    /** Whether these are the extents. */
    public boolean is(long... extents) {
        return Arrays.equals(dims, extents);
    }

    /** The product of all extents; 1 for a scalar. */
    public long elementCount() {
        return elementCount;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
