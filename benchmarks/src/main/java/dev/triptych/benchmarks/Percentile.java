package dev.triptych.benchmarks;

/** Percentiles of what was measured, by the nearest rank. */
public final class Percentile {

    private Percentile() {}

    /**
     * Returns the least value that a share of them does not exceed; NaN where there are none.
     *
     * @param sorted ascending
     * @param share over 0, at most 1
     */
    public static double of(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(share * sorted.length) - 1];
    }
}
