package dev.triptych.benchmarks.scaling;

import dev.triptych.benchmarks.scaling.Simulation.Outcome;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the tables of {@code docs/scaling.md}: the simulation against what was measured, and what it says beyond. */
@Command(
        name = "scaling",
        description = "Simulates replicas, partitions and batch sizes from one machine's measured step times.",
        mixinStandardHelpOptions = true)
public final class ScalingBenchmark implements Callable<Integer> {

    private static final int MAX_ROWS = 64;
    private static final int SENTENCES = 20_000;
    private static final double OPEN_SECONDS = 120;
    private static final int SECONDS_A_DAY = 86_400;
    private static final double COMMIT_SECONDS = 0.02;

    /** Greedy, by docs/strategies.md: what the simulation is fitted to, and held against. */
    static final List<Measured> MEASURED = List.of(
            new Measured(
                    "short sentences",
                    12,
                    15.0 / 8.8,
                    new double[] {109.4, 249.0, 337.1, 383.5},
                    new double[] {8.8, 31.0, 89.1, 158.8},
                    new double[] {15.0, 55.3, 178.6, 287.2}),
            new Measured(
                    "long sentences",
                    36,
                    38.2 / 15.0,
                    new double[] {61.9, 128.1, 167.5, 180.7},
                    new double[] {15.0, 56.5, 172.2, 311.4},
                    new double[] {38.2, 146.8, 456.4, 760.9}));

    /** Rates and latencies in milliseconds at 1, 8, 32 and 64 clients. */
    record Measured(String name, double steps, double p99OverMedian, double[] rates, double[] p50, double[] p99) {

        static final int[] CLIENTS = {1, 8, 32, 64};

        /** Fitted to 1, 8 and 64 clients; 32 and all percentiles are left to be predicted. */
        Simulation simulation(long seed) {
            StepTimes times = StepTimes.ofClosedLoop(
                    new int[] {CLIENTS[0], CLIENTS[1], CLIENTS[3]}, new double[] {rates[0], rates[1], rates[3]}, steps);
            return new Simulation(times, new Lengths(steps, Lengths.spreadOf(p99OverMedian)), MAX_ROWS, seed);
        }
    }

    @Option(names = "--sentences-a-day", description = "What the last table is for (default: ${DEFAULT-VALUE}).")
    long sentencesADay = 100_000_000;

    @Option(names = "--peak", description = "The busiest hour's rate over the day's mean (default: ${DEFAULT-VALUE}).")
    double peak = 2.5;

    @Option(names = "--core-hour", description = "What a core costs an hour (default: ${DEFAULT-VALUE}).")
    double coreHour = 0.05;

    @Option(names = "--cores", description = "Cores of a replica (default: ${DEFAULT-VALUE}, as measured).")
    int cores = 2;

    @Option(names = "--seed", description = "Of every run (default: ${DEFAULT-VALUE}).")
    long seed = 1;

    @Override
    public Integer call() {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        for (Measured measured : MEASURED) {
            check(out, measured);
        }
        Simulation simulation = MEASURED.getFirst().simulation(seed);
        replicas(out, simulation);
        jobs(out, simulation);
        MEASURED.forEach(measured -> day(out, measured));
        out.flush();
        return 0;
    }

    private void check(PrintWriter out, Measured measured) {
        print(out, "## %s: measured / simulated", measured.name());
        print(out, "| clients | sentences/s | p50 ms | p99 ms |%n| --- | --- | --- | --- |");
        for (int i = 0; i < Measured.CLIENTS.length; i++) {
            Outcome simulated = measured.simulation(seed).closedLoop(Measured.CLIENTS[i], SENTENCES);
            print(
                    out,
                    "| %d | %.0f / %.0f | %.0f / %.0f | %.0f / %.0f |",
                    Measured.CLIENTS[i],
                    measured.rates()[i],
                    simulated.sentencesPerSecond(),
                    measured.p50()[i],
                    1000 * simulated.p50(),
                    measured.p99()[i],
                    1000 * simulated.p99());
        }
    }

    private void replicas(PrintWriter out, Simulation simulation) {
        double capacity = simulation.closedLoop(MAX_ROWS, SENTENCES).sentencesPerSecond();
        print(out, "## Replicas and load: p50 / p99 ms");
        print(out, "| replicas | 50 %% | 70 %% | 85 %% | 95 %% of capacity |%n| --- | --- | --- | --- | --- |");
        for (int replicas : new int[] {1, 2, 4, 8}) {
            StringBuilder row = new StringBuilder("| " + replicas + " |");
            for (double load : new double[] {0.5, 0.7, 0.85, 0.95}) {
                Outcome outcome = simulation.openLoop(replicas, replicas * capacity * load, OPEN_SECONDS);
                row.append(String.format(Locale.ROOT, " %.0f / %.0f |", 1000 * outcome.p50(), 1000 * outcome.p99()));
            }
            print(out, "%s", row);
        }
    }

    private void jobs(PrintWriter out, Simulation simulation) {
        print(out, "## Jobs of 60,000 items: items/s by workers and partitions, by poll");
        print(
                out,
                "| workers | 6 partitions | 12 | 24 | 6, poll 64 | 6, poll 1024 |%n| --- | --- | --- | --- | --- | --- |");
        int items = 3 * SENTENCES;
        for (int workers : new int[] {1, 2, 4, 6, 8, 12}) {
            print(
                    out,
                    "| %d | %.0f | %.0f | %.0f | %.0f | %.0f |",
                    workers,
                    simulation.job(items, 6, workers, 256, COMMIT_SECONDS),
                    simulation.job(items, 12, workers, 256, COMMIT_SECONDS),
                    simulation.job(items, 24, workers, 256, COMMIT_SECONDS),
                    simulation.job(items, 6, workers, 64, COMMIT_SECONDS),
                    simulation.job(items, 6, workers, 1024, COMMIT_SECONDS));
        }
    }

    private void day(PrintWriter out, Measured measured) {
        Simulation simulation = measured.simulation(seed);
        double mean = (double) sentencesADay / SECONDS_A_DAY;
        double worker = simulation.job(SENTENCES, 1, 1, 256, COMMIT_SECONDS);
        int workers = (int) Math.ceil(mean / worker);
        double online = simulation.closedLoop(MAX_ROWS, SENTENCES).sentencesPerSecond() * 0.7;
        int replicas = (int) Math.ceil(peak * mean / online);
        print(out, "## %,d %s a day", sentencesADay, measured.name());
        print(out, "| way | replicas | cores | a day | a million sentences |%n| --- | --- | --- | --- | --- |");
        cost(out, "jobs, spread over the day", workers);
        cost(out, "requests, peak of %.1f, 70 %% of capacity".formatted(peak), replicas);
    }

    private void cost(PrintWriter out, String way, int replicas) {
        double day = replicas * cores * 24 * coreHour;
        print(out, "| %s | %d | %d | %.2f | %.3f |", way, replicas, replicas * cores, day, day / (sentencesADay / 1e6));
    }

    private static void print(PrintWriter out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
