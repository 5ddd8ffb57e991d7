package dev.triptych.local.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How one process of the suite is run.
 *
 * @param name the name in logs, pid files and {@code status}
 * @param ports what it listens on, its public port first
 * @param command the program and its arguments
 * @param environment added to the supervisor's own
 * @param readiness how it says that it can take work
 * @param grace how long it may take to stop before it is killed
 */
public record ServiceSpec(
        String name,
        List<Integer> ports,
        List<String> command,
        Map<String, String> environment,
        Readiness readiness,
        Duration grace) {

    public int port() {
        return ports.getFirst();
    }
}
