package dev.triptych.text.decoding.sampling;

/**
 * Uniform numbers by their place instead of their turn: the same seed, stream and index give the same number in
 * whatever order and company they are drawn. The mixing function is SplitMix64's (Steele et al. 2014).
 */
final class CounterRandom {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;

    private CounterRandom() {}

    /** A number from 0 (inclusive) to 1 (exclusive), with 53 random bits. */
    static double uniform(long seed, long stream, long index) {
        long mixed = mix(mix(mix(seed + GOLDEN) + stream * GOLDEN + 1) + index * GOLDEN + 1);
        return (mixed >>> 11) * UNIT;
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
