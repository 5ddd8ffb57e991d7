package dev.triptych.text.runtime;

/**
 * Whether a loop's engine can be trusted with work. After three failed steps in a row it cannot; ten seconds later it
 * is given another chance, and one more failure ends that. Written by the engine's thread, read by any.
 */
final class EngineHealth {

    private static final int FAILURES = 3;
    private static final long PAUSE_NANOS = 10_000_000_000L;

    private volatile int consecutiveFailures;
    private volatile long failedAtNanos;
    private volatile String reason = "";

    @SuppressWarnings("NonAtomicVolatileUpdate") // One writer, the engine's thread.
    void failure(String message, long nowNanos) {
        reason = message;
        failedAtNanos = nowNanos;
        consecutiveFailures++;
    }

    void success() {
        if (consecutiveFailures > 0) {
            consecutiveFailures = 0;
            reason = "";
        }
    }

    boolean healthy() {
        return consecutiveFailures < FAILURES;
    }

    /** Whether requests may come in: also once the pause after the last failure is over. */
    boolean admits(long nowNanos) {
        return healthy() || nowNanos - failedAtNanos >= PAUSE_NANOS;
    }

    String reason() {
        return reason;
    }
}
