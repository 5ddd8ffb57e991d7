package dev.triptych.benchmarks;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a running suite is put under load. Bounded: a benchmark is no tool to load other people's machines with. */
public final class BriefMeasurement {

    public static final int LONGEST_SECONDS = 120;

    @Option(
            names = "--seconds",
            description = "length of each measurement, at most " + LONGEST_SECONDS + " (default: ${DEFAULT-VALUE})")
    private int seconds;

    /** @param seconds where none are given */
    public BriefMeasurement(int seconds) {
        this.seconds = seconds;
    }

    public Duration duration() {
        return Duration.ofSeconds(Math.clamp(seconds, 1, LONGEST_SECONDS));
    }
}
