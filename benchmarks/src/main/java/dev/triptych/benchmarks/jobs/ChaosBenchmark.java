package dev.triptych.benchmarks.jobs;

import dev.triptych.benchmarks.Stopwatch;
import dev.triptych.benchmarks.suite.OwnSuite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Kills a suite's processes while it works, and counts what became of the items. */
@Command(
        name = "chaos",
        description =
                "Kills processes of a suite of its own while it works on jobs; fails if an item is lost or doubled.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class ChaosBenchmark implements Callable<Integer> {

    private static final String FLAG = "models/triptych-flags/samples/brazil.png";

    @Option(names = "--items", description = "requests in all (default: ${DEFAULT-VALUE})")
    private int items = 100_000;

    @Option(names = "--kills", description = "processes killed with SIGKILL (default: ${DEFAULT-VALUE})")
    private int kills = 100;

    @Option(
            names = "--freezes",
            description = "a text replica stopped past its session and woken, so often (default: ${DEFAULT-VALUE})")
    private int freezes = 1;

    @Option(names = "--pause", description = "mean seconds between kills (default: ${DEFAULT-VALUE})")
    private int pause = 4;

    @Option(names = "--seed", description = "of the moments and the victims (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Mixin
    private OwnSuite own = new OwnSuite(18_300);

    @Option(names = "--postgresql", description = "keeps jobs in a PostgreSQL, which is stopped and started too")
    private boolean postgresql;

    @Override
    public Integer call() throws Exception {
        Path home = own.home(JobsSuite::isBuilt);
        Path folder = Files.createTempDirectory("triptych-chaos-");
        Stopwatch watch = new Stopwatch();
        try (JobsSuite suite = postgresql
                ? JobsSuite.withPostgresql(home, folder, own.port())
                : new JobsSuite(home, folder, own.port())) {
            List<String> faults = new ChaosRun(
                            suite,
                            new ChaosRun.Plan(items, kills, freezes, Duration.ofSeconds(pause), seed),
                            new ChaosItems(Files.readAllBytes(home.resolve(FLAG))),
                            System.out)
                    .run();
            faults.forEach(System.out::println);
            System.out.printf(
                    Locale.ROOT,
                    "chaos seed %d: %d items, %d kills, %d freezes in %.0f s; logs in %s%n",
                    seed,
                    items,
                    kills,
                    freezes,
                    watch.seconds(),
                    folder);
            return faults.isEmpty() ? 0 : 1;
        }
    }
}
