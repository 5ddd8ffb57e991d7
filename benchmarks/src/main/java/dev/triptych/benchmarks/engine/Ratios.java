package dev.triptych.benchmarks.engine;

import java.util.Arrays;
import java.util.Locale;

/** Ratios of neighboring turns: what else the machine does meets both sides of each. */
record Ratios(double median, double least, double most) {

    static Ratios of(double... ratios) {
        double[] sorted = ratios.clone();
        Arrays.sort(sorted);
        return new Ratios(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "x%.3f (median; %.3f to %.3f)", median, least, most);
    }
}
