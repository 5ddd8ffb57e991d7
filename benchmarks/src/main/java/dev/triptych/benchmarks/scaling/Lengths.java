package dev.triptych.benchmarks.scaling;

import java.util.random.RandomGenerator;

/**
 * Steps that a sentence takes: log-normal around a mean.
 *
 * @param mean   steps
 * @param spread standard deviation of the logarithm; 0: all alike
 */
record Lengths(double mean, double spread) {

    /** The spread whose 99th percentile is that many times its median. */
    static double spreadOf(double p99OverMedian) {
        return Math.log(p99OverMedian) / 2.326;
    }

    int next(RandomGenerator random) {
        double median = mean / Math.exp(spread * spread / 2);
        return Math.max(1, (int) Math.round(median * Math.exp(spread * random.nextGaussian())));
    }
}
