package dev.triptych.benchmarks.scaling;

import dev.triptych.benchmarks.Percentile;
import dev.triptych.benchmarks.scaling.Replica.Sentence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Runs sentences through replicas in simulated time. The first fifth of each run is not counted.
 *
 * @param times of every replica
 * @param maxRows that a replica steps together
 */
record Simulation(StepTimes times, Lengths lengths, int maxRows, long seed) {

    private static final double UNCOUNTED = 0.2;

    /** What came of a run; latencies in seconds. */
    record Outcome(double sentencesPerSecond, double p50, double p99, double meanLatency) {

        static Outcome of(List<Double> latencies, double seconds) {
            double[] sorted =
                    latencies.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            if (sorted.length == 0) {
                return new Outcome(0, Double.NaN, Double.NaN, Double.NaN);
            }
            return new Outcome(
                    sorted.length / seconds,
                    Percentile.of(sorted, 0.5),
                    Percentile.of(sorted, 0.99),
                    Arrays.stream(sorted).average().orElseThrow());
        }
    }

    /** Clients that ask again as soon as they are answered, at one replica. */
    Outcome closedLoop(int clients, int sentences) {
        RandomGenerator random = random();
        Replica replica = new Replica(times, maxRows);
        for (int client = 0; client < clients; client++) {
            replica.submit(new Sentence(0, client, lengths.next(random)), 0);
        }
        List<Double> latencies = new ArrayList<>();
        int seen = 0;
        double from = 0;
        double now = 0;
        while (seen < sentences) {
            now = replica.stepEnd();
            for (Sentence ended : replica.step()) {
                if (++seen > sentences * UNCOUNTED) {
                    latencies.add(now - ended.arrival);
                } else {
                    from = now;
                }
                replica.submit(new Sentence(now, ended.origin, lengths.next(random)), now);
            }
        }
        return Outcome.of(latencies, now - from);
    }

    /**
     * Requests that come by chance, each to the replica with the fewest outstanding.
     *
     * @param rate a second, over all
     */
    Outcome openLoop(int replicas, double rate, double seconds) {
        RandomGenerator random = random();
        List<Replica> all = replicas(replicas);
        List<Double> latencies = new ArrayList<>();
        double from = seconds * UNCOUNTED;
        double arrival = random.nextExponential() / rate;
        while (true) {
            Replica next = earliest(all);
            double now = Math.min(arrival, next.stepEnd());
            if (now > seconds) {
                return Outcome.of(latencies, seconds - from);
            }
            if (arrival <= next.stepEnd()) {
                leastLoaded(all).submit(new Sentence(now, 0, lengths.next(random)), now);
                arrival += random.nextExponential() / rate;
            } else {
                for (Sentence ended : next.step()) {
                    if (now > from) {
                        latencies.add(now - ended.arrival);
                    }
                }
            }
        }
    }

    /**
     * A job over Kafka: items spread evenly over partitions, partitions over workers. A worker polls, runs what it
     * polled, and commits; the next poll waits for the commit.
     *
     * @param poll   the most items of one transaction
     * @param commit seconds for results and offsets to be committed
     * @return items a second, until the last is committed
     */
    double job(int items, int partitions, int workers, int poll, double commit) {
        RandomGenerator random = random();
        double slowest = 0;
        for (int worker = 0; worker < workers; worker++) {
            int left = 0;
            for (int partition = worker; partition < partitions; partition += workers) {
                left += items / partitions + (partition < items % partitions ? 1 : 0);
            }
            double now = 0;
            while (left > 0) {
                int polled = Math.min(poll, left);
                now = run(polled, now, random) + commit;
                left -= polled;
            }
            slowest = Math.max(slowest, now);
        }
        return items / slowest;
    }

    private double run(int items, double begin, RandomGenerator random) {
        Replica replica = new Replica(times, maxRows);
        for (int item = 0; item < items; item++) {
            replica.submit(new Sentence(begin, 0, lengths.next(random)), begin);
        }
        double now = begin;
        while (replica.outstanding() > 0) {
            now = replica.stepEnd();
            replica.step();
        }
        return now;
    }

    private List<Replica> replicas(int count) {
        List<Replica> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(new Replica(times, maxRows));
        }
        return all;
    }

    private static Replica earliest(List<Replica> all) {
        return all.stream().min(Comparator.comparingDouble(Replica::stepEnd)).orElseThrow();
    }

    private static Replica leastLoaded(List<Replica> all) {
        return all.stream().min(Comparator.comparingInt(Replica::outstanding)).orElseThrow();
    }

    private RandomGenerator random() {
        return RandomGeneratorFactory.<RandomGenerator>of("L64X128MixRandom").create(seed);
    }
}
