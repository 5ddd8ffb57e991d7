package dev.triptych.text.runtime;

/**
 * How often something happens for each second of work, the latest seconds counting most: what was {@code
 * TIME_CONSTANT_SECONDS} of work ago counts a third. Time without work does not count, so that an engine with little to do
 * is not taken for a slow one. Not thread-safe.
 */
final class RateMeter {

    private static final double TIME_CONSTANT_SECONDS = 10;

    private double count;
    private double seconds;

    void add(long more) {
        count += more;
    }

    void elapsed(long nanos) {
        double more = Math.max(0, nanos / 1e9);
        double kept = Math.exp(-more / TIME_CONSTANT_SECONDS);
        count *= kept;
        seconds = seconds * kept + more;
    }

    /** 0 where unknown. */
    double perSecond() {
        return seconds > 0 ? count / seconds : 0;
    }
}
