package dev.triptych.text.executor;

import java.util.Arrays;

/**
 * Cuts prompts, sorted by length, into batches for the encoder such that the least time is lost, where a padded
 * position costs 1 and another run of the graph costs {@code runCost}. Pure.
 */
final class LengthBuckets {

    /**
     * What one more run costs, in positions: below some 48 tokens a run is bound by reading the weights, so two short
     * runs take longer than one padded one.
     */
    private static final int RUN_COST = 48;

    private LengthBuckets() {}

    /** {@link #split(int[], int)} at the cost of a run of an encoder. */
    static int[] split(int[] lengths) {
        return split(lengths, RUN_COST);
    }

    /**
     * The best cut, by dynamic programming over the sorted lengths: the cost of rows up to {@code i} is the least over
     * {@code j} of the cost up to {@code j}, one run, and {@code (i - j) · lengths[i - 1]} positions.
     *
     * @param lengths tokens of each row, ascending; at least one
     * @param runCost what one run costs beyond its positions, in positions
     * @return the end (exclusive) of each batch, ascending; the last is {@code lengths.length}
     */
    static int[] split(int[] lengths, int runCost) {
        int count = lengths.length;
        long[] cost = new long[count + 1];
        int[] start = new int[count + 1];
        for (int end = 1; end <= count; end++) {
            cost[end] = Long.MAX_VALUE;
            for (int from = end - 1; from >= 0; from--) {
                long candidate = cost[from] + runCost + (long) (end - from) * lengths[end - 1];
                if (candidate < cost[end]) {
                    cost[end] = candidate;
                    start[end] = from;
                }
            }
        }
        int[] ends = new int[count];
        int batches = 0;
        for (int end = count; end > 0; end = start[end]) {
            ends[count - ++batches] = end;
        }
        return Arrays.copyOfRange(ends, count - batches, count);
    }
}
