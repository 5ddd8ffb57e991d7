package dev.triptych.text.runtime;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The two times of a loop: wall-clock time for deadlines, and a monotonic one for everything measured.
 *
 * @param clock wall-clock time
 * @param nanoTime monotonic nanoseconds
 */
public record TimeSource(Clock clock, LongSupplier nanoTime) {

    /** The system's own. */
    public static TimeSource system() {
        return new TimeSource(Clock.systemUTC(), System::nanoTime);
    }

    public long nanos() {
        return nanoTime.getAsLong();
    }

    /** An instant on the monotonic scale. */
    long nanosAt(Instant instant) {
        Duration until = Duration.between(clock.instant(), instant);
        // A century is forever here; more would overflow.
        long seconds = Math.clamp(until.getSeconds(), -3_000_000_000L, 3_000_000_000L);
        return nanos() + seconds * 1_000_000_000L + until.getNano();
    }
}
