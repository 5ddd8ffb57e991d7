package dev.triptych.local.supervisor;

import java.time.Duration;

/**
 * How long to wait before a process that died is started again: one second, doubled each time up to half a minute, and
 * one second again after it ran for a while. Pure; owned by one {@link Supervisor}.
 */
final class Backoff {

    static final Duration FIRST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofSeconds(30);
    static final Duration STABLE = Duration.ofMinutes(1);

    private Duration next = FIRST;

    /** @param ran how long the process lived */
    Duration afterRunOf(Duration ran) {
        if (ran.compareTo(STABLE) >= 0) {
            next = FIRST;
        }
        Duration wait = next;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        return wait;
    }
}
