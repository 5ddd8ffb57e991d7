package dev.triptych.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/**
 * What closed-loop clients got out of a system in a stretch of time.
 *
 * @param clients clients, each with one request at a time
 * @param requests requests that were answered
 * @param tokens tokens that were generated for them
 * @param seconds wall-clock time
 * @param cpuSeconds processor time of this process, which says more than the clock where others use the machine
 * @param latencies time of each request, in milliseconds
 */
public record Throughput(
        int clients, long requests, long tokens, double seconds, double cpuSeconds, double[] latencies) {

    public Throughput {
        latencies = latencies.clone();
        Arrays.sort(latencies);
    }

    @Override
    public double[] latencies() {
        return latencies.clone();
    }

    /** This stretch and another of as many clients, one after the other. */
    public Throughput and(Throughput other) {
        double[] all = Arrays.copyOf(latencies, latencies.length + other.latencies.length);
        System.arraycopy(other.latencies, 0, all, latencies.length, other.latencies.length);
        return new Throughput(
                clients,
                requests + other.requests,
                tokens + other.tokens,
                seconds + other.seconds,
                cpuSeconds + other.cpuSeconds,
                all);
    }

    /** Tokens per second over all clients. */
    public double tokensPerSecond() {
        return tokens / seconds;
    }

    /** Requests per second over all clients. */
    public double requestsPerSecond() {
        return requests / seconds;
    }

    /** The latency that a part of the requests did not exceed, in milliseconds; 0 where there were none. */
    public double latency(double quantile) {
        return latencies.length == 0 ? 0 : Percentile.of(latencies, quantile);
    }

    /** Processor time of this process per token, in microseconds. */
    public double cpuMicrosPerToken() {
        return cpuSeconds * 1e6 / Math.max(1, tokens);
    }

    /** One line for people. */
    public String line() {
        return String.format(
                Locale.ROOT,
                "%3d clients: %8.0f tokens/s, %.0f us of processor a token, %7.1f requests/s, latency p50 %.0f ms, p99 %.0f ms",
                clients,
                tokensPerSecond(),
                cpuMicrosPerToken(),
                requestsPerSecond(),
                latency(0.5),
                latency(0.99));
    }
}
