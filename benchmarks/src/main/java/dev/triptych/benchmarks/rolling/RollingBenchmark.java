package dev.triptych.benchmarks.rolling;

import dev.triptych.benchmarks.suite.OwnSuite;
import dev.triptych.benchmarks.suite.SuiteProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Restarts every process of a suite with two of each service under load, and counts failed requests. */
@Command(
        name = "rolling",
        description = "Restarts each process of a suite of its own in turn under load; fails if a request fails.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class RollingBenchmark implements Callable<Integer> {

    static final String PICTURE = "models/triptych-flags/samples/brazil.png";

    @Option(names = "--clients", description = "of each kind of request (default: ${DEFAULT-VALUE})")
    private int clients = 4;

    @Option(names = "--pause", description = "milliseconds between a client's requests (default: ${DEFAULT-VALUE})")
    private int pause = 50;

    @Option(names = "--rounds", description = "how often each process is restarted (default: ${DEFAULT-VALUE})")
    private int rounds = 1;

    @Mixin
    private OwnSuite own = new OwnSuite(18_500);

    @Override
    public Integer call() throws Exception {
        Path home = own.home(RollingSuite::isBuilt);
        Path folder = Files.createTempDirectory("triptych-rolling-");
        try (RollingSuite suite = new RollingSuite(home, folder, own.port())) {
            List<SuiteProcess> order = new ArrayList<>();
            for (int round = 0; round < Math.clamp(rounds, 1, 100); round++) {
                order.addAll(suite.processes().all());
            }
            List<String> faults = new RollingRun(
                            suite,
                            Files.readAllBytes(home.resolve(PICTURE)),
                            Math.clamp(clients, 1, 64),
                            Duration.ofMillis(Math.clamp(pause, 0, 10_000)),
                            System.out)
                    .run(order);
            faults.forEach(System.out::println);
            System.out.println("rolling logs in " + folder);
            return faults.isEmpty() ? 0 : 1;
        }
    }
}
