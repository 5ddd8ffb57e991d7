package dev.triptych.benchmarks.strategies;

import dev.triptych.benchmarks.Throughput;
import java.util.Locale;

/**
 * What a strategy did for some clients.
 *
 * @param isShort whether its sentences were short
 */
record Measurement(Contender contender, boolean isShort, Throughput throughput) {

    double p50() {
        return throughput.latency(0.5);
    }

    double p99() {
        return throughput.latency(0.99);
    }

    /** Processor time of a sentence, in milliseconds: on a shared machine it says more than the clock. */
    double cpuMillis() {
        return throughput.cpuSeconds() * 1e3 / Math.max(1, throughput.requests());
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%2d clients, %-5s %-16s p50 %7.1f ms, p99 %7.1f ms, %6.1f sentences/s, %5.1f ms of processor a sentence",
                throughput.clients(),
                isShort ? "short" : "long",
                contender.label(),
                p50(),
                p99(),
                throughput.requestsPerSecond(),
                cpuMillis());
    }
}
