package dev.triptych.tensor.math;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Arg-max, softmax and top-k over one row of raw scores, float32 {@code [size]}. Ties go to the lower index. */
public final class Logits {

    private Logits() {}

    /**
     * The index of the largest value; NaN never wins.
     *
     * @throws IllegalArgumentException if the row is empty
     */
    public static int argMax(float[] row, int offset, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("the arg-max of an empty row is undefined");
        }
        int best = 0;
        float bestValue = row[offset];
        for (int i = 1; i < size; i++) {
            float value = row[offset + i];
            if (value > bestValue || Float.isNaN(bestValue)) {
                bestValue = value;
                best = i;
            }
        }
        return best;
    }

    /**
     * Natural logarithm of the sum of exponentials, computed around the maximum so that it cannot overflow.
     * Subtracting it from a logit gives that token's log-prob.
     */
    public static double logSumExp(float[] row, int offset, int size) {
        double max = row[offset + argMax(row, offset, size)];
        if (Double.isInfinite(max)) {
            return max;
        }
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += Math.exp(row[offset + i] - max);
        }
        return max + Math.log(sum);
    }

    /** Probabilities of a row: non-negative, summing to 1. */
    public static double[] softmax(float[] row) {
        double logSum = logSumExp(row, 0, row.length);
        double[] probabilities = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            probabilities[i] = Math.exp(row[i] - logSum);
        }
        return probabilities;
    }

    /** Indices of the {@code k} largest values, best first; all of them when {@code k} exceeds the row. */
    public static int[] topK(double[] values, int k) {
        Comparator<Integer> worstFirst =
                Comparator.<Integer>comparingDouble(i -> values[i]).thenComparing(Comparator.reverseOrder());
        PriorityQueue<Integer> kept = new PriorityQueue<>(worstFirst);
        for (int i = 0; i < values.length; i++) {
            kept.add(i);
            if (kept.size() > k) {
                kept.poll();
            }
        }
        int[] best = new int[kept.size()];
        for (int i = best.length - 1; i >= 0; i--) {
            Integer index = kept.poll();
            best[i] = index == null ? -1 : index;
        }
        return best;
    }
}
