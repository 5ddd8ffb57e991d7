package dev.triptych.benchmarks.rolling;

import dev.triptych.benchmarks.Stopwatch;
import dev.triptych.benchmarks.suite.SuiteProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Stops and starts processes of a suite one after the other, as an update does, while clients send requests. */
final class RollingRun {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
    private static final Duration PROGRESS_LIMIT = Duration.ofSeconds(60);

    private final RollingSuite suite;
    private final byte[] picture;
    private final int clients;
    private final Duration pause;
    private final PrintStream out;

    /**
     * @param clients of each kind of request
     * @param pause   of a client after an answer; without one the clients take the processor from what starts
     */
    RollingRun(RollingSuite suite, byte[] picture, int clients, Duration pause, PrintStream out) {
        this.pause = pause;
        this.suite = suite;
        this.picture = picture;
        this.clients = clients;
        this.out = out;
    }

    /** What went wrong; nothing where each request was answered. */
    List<String> run(List<SuiteProcess> order) throws IOException, InterruptedException {
        List<String> faults = new ArrayList<>();
        suite.processes().start();
        try (ReadyGateways gateways = new ReadyGateways(suite.gateways())) {
            RollingClients load = new RollingClients(gateways, picture, clients, pause);
            try (load) {
                awaitProgress(load);
                for (SuiteProcess process : order) {
                    restart(process, load, faults);
                }
            }
            faults.addAll(load.shownFailures());
            load.answered().forEach((kind, count) -> {
                if (count == 0) {
                    faults.add("no " + kind + " was answered");
                }
            });
            out.printf(
                    Locale.ROOT,
                    "rolling %d restarts, answered %s, failed %d%n",
                    order.size(),
                    load.answered(),
                    load.failures());
        }
        return faults;
    }

    private void restart(SuiteProcess process, RollingClients load, List<String> faults)
            throws IOException, InterruptedException {
        int before = load.total();
        int failed = load.failures();
        Stopwatch stopping = new Stopwatch();
        if (!process.terminate(STOP_LIMIT)) {
            faults.add(process.name() + " did not end within " + STOP_LIMIT.toSeconds() + " s");
        }
        double stopped = stopping.seconds();
        Stopwatch starting = new Stopwatch();
        process.start();
        suite.processes().awaitReady(process);
        double started = starting.seconds();
        awaitProgress(load);
        out.printf(
                Locale.ROOT,
                "rolling %s stopped in %.1f s, ready after %.1f s; meanwhile %d answered, %d failed%n",
                process.name(),
                stopped,
                started,
                load.total() - before,
                load.failures() - failed);
    }

    /** Some requests more, so that each state meets with some; no more than that, as updates do not wait either. */
    private void awaitProgress(RollingClients load) throws InterruptedException {
        int enough = load.total() + 3 * clients;
        long until = System.nanoTime() + PROGRESS_LIMIT.toNanos();
        while (load.total() < enough) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("no progress; failures: " + load.shownFailures());
            }
            Thread.sleep(20);
        }
    }
}
