package dev.triptych.benchmarks.engine;

import java.time.Duration;
import picocli.CommandLine.Option;

/** What is compared takes turns, so that whatever else the machine does meets all of it. */
final class Turns {

    @Option(names = "--seconds", description = "length of each turn (default: ${DEFAULT-VALUE})")
    private double seconds;

    @Option(names = "--rounds", description = "turns of each (default: ${DEFAULT-VALUE})")
    private int rounds;

    /** The figures where none are given. */
    Turns(double seconds, int rounds) {
        this.seconds = seconds;
        this.rounds = rounds;
    }

    Duration each() {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    int rounds() {
        return rounds;
    }
}
