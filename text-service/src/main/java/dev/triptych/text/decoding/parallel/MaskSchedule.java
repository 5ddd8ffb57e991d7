package dev.triptych.text.decoding.parallel;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How many places of an output are masked before each refinement pass, and which: linear decay over the passes, the least
 * certain places. Source: Ghazvininejad et al. 2019, arXiv:1904.09324, section 3.
 *
 * @param iterations passes, T; at least 1
 */
public record MaskSchedule(int iterations) {

    public MaskSchedule {
        if (iterations < 1) {
            throw new IllegalArgumentException("refinement needs a pass, got " + iterations);
        }
    }

    /**
     * {@code N (T - t) / T}, rounded down.
     *
     * @param length places, N
     * @param iteration the pass, t, from 0
     */
    public int masked(int length, int iteration) {
        return (int) ((long) length * (iterations - iteration) / iterations);
    }

    /**
     * The places to mask before a pass, the leftmost among equals.
     *
     * @param certainty log-probs of the tokens, {@code [length]}
     */
    public boolean[] open(float[] certainty, int iteration) {
        boolean[] open = new boolean[certainty.length];
        IntStream.range(0, certainty.length)
                .boxed()
                .sorted(Comparator.comparingDouble(place -> certainty[place]))
                .limit(masked(certainty.length, iteration))
                .forEach(place -> open[place] = true);
        return open;
    }
}
