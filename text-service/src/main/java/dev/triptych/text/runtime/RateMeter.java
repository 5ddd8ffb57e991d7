package dev.triptych.text.runtime;

/**
 * An exponentially decaying rate: what happened {@code TIME_CONSTANT} ago counts a third. Written by one thread, read
 * by any.
 */
final class RateMeter {

    private static final double TIME_CONSTANT_SECONDS = 10;

    private double sum;
    private long updatedNanos;
    private boolean started;
    private long startedNanos;
    private volatile double perSecond;

    void add(long count, long nowNanos) {
        if (!started) {
            started = true;
            startedNanos = nowNanos;
            updatedNanos = nowNanos;
        }
        double elapsed = (nowNanos - updatedNanos) / 1e9;
        updatedNanos = nowNanos;
        sum = sum * Math.exp(-elapsed / TIME_CONSTANT_SECONDS) + count;
        // A young meter has not seen a whole time constant; without the correction it would report too little.
        double seen = 1 - Math.exp(-Math.max((nowNanos - startedNanos) / 1e9, 0.1) / TIME_CONSTANT_SECONDS);
        perSecond = sum / (TIME_CONSTANT_SECONDS * seen);
    }

    double perSecond() {
        return perSecond;
    }
}
