package dev.triptych.tensor.mask;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.ShapeMismatchException;
import dev.triptych.tensor.Tensor;

/** Marks which positions of a right-padded batch hold tokens, so that attention ignores the rest. */
public final class PaddingMask {

    private PaddingMask() {}

    /**
     * Writes the mask of a right-padded batch: 1 where {@code position < lengths[row]}, else 0.
     *
     * @param target int64 {@code [batch, length]}
     * @param lengths tokens in each row, {@code [batch]}, each between 0 and {@code length}
     * @throws ShapeMismatchException if the target's shape or a length does not fit
     */
    public static void write(Tensor target, int[] lengths) {
        write(target, lengths, false);
    }

    /**
     * Writes the mask of a left-padded batch: 1 where {@code position >= length - lengths[row]}, else 0.
     *
     * @param target int64 {@code [batch, length]}
     * @param lengths tokens in each row, {@code [batch]}, each between 0 and {@code length}
     * @throws ShapeMismatchException if the target's shape or a length does not fit
     */
    public static void writeLeft(Tensor target, int[] lengths) {
        write(target, lengths, true);
    }

    private static void write(Tensor target, int[] lengths, boolean left) {
        if (target.dtype() != DType.INT64
                || target.shape().rank() != 2
                || target.shape().dim(0) != lengths.length) {
            throw new ShapeMismatchException(
                    "a padding mask of " + lengths.length + " rows needs INT64[batch, length], got " + target);
        }
        long width = target.shape().dim(1);
        for (int row = 0; row < lengths.length; row++) {
            if (lengths[row] < 0 || lengths[row] > width) {
                throw new ShapeMismatchException(
                        "row " + row + " has " + lengths[row] + " tokens, the mask is " + width + " wide");
            }
            for (int position = 0; position < width; position++) {
                boolean token = left ? position >= width - lengths[row] : position < lengths[row];
                target.setLong(row * width + position, token ? 1 : 0);
            }
        }
    }
}
