package dev.triptych.benchmarks.limits;

import dev.triptych.benchmarks.suite.OwnSuite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Many clients of one key beyond its limit, and one of another: whether the limit holds, and what the other notices. */
@Command(
        name = "limits",
        description = "Floods two gateways of its own, over one store, with one key's clients, and times another key's"
                + " beside them and alone, by turns; fails if more than the limit gets through.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class LimitsBenchmark implements Callable<Integer> {

    private static final int UNLIMITED = 1_000_000;
    private static final int MOST_CLIENTS = 1000;
    private static final int MOST_TURNS = 60;
    private static final int LONGEST_SECONDS = 30;

    @Option(names = "--clients", description = "of the key that floods (default: ${DEFAULT-VALUE})")
    private int clients = 200;

    @Option(
            names = "--pause",
            description = "milliseconds between two requests of one of them, on average (default: ${DEFAULT-VALUE})")
    private int pause = 1000;

    @Option(names = "--limit", description = "its requests a minute (default: ${DEFAULT-VALUE})")
    private int limit = 60;

    @Option(names = "--turns", description = "of the other alone, and as many beside them (default: ${DEFAULT-VALUE})")
    private int turns = 8;

    @Option(names = "--seconds", description = "of a turn, at most 30 (default: ${DEFAULT-VALUE})")
    private int seconds = 4;

    @Option(names = "--paced", description = "milliseconds between the other's requests (default: ${DEFAULT-VALUE})")
    private int paced = 20;

    @Mixin
    private OwnSuite own = new OwnSuite(18_600);

    @Override
    public Integer call() throws Exception {
        Path home = own.home(LimitsSuite::isBuilt);
        Path folder = Files.createTempDirectory("triptych-limits-");
        System.out.println("limits logs in " + folder);
        try (LimitsSuite suite = new LimitsSuite(home, folder, own.port())) {
            suite.start();
            return run(suite) ? 0 : 1;
        }
    }

    private boolean run(LimitsSuite suite) throws Exception {
        String many = suite.key("many", limit);
        String other = suite.key("other", UNLIMITED);
        Duration length = Duration.ofSeconds(Math.clamp(seconds, 1, LONGEST_SECONDS));
        Duration between = Duration.ofMillis(Math.clamp(paced, 1, 1000));
        TurnTimes alone = new TurnTimes();
        TurnTimes beside = new TurnTimes();
        int crowd = Math.clamp(clients, 1, MOST_CLIENTS);
        long began = System.nanoTime();
        try (Flood flood = new Flood(suite.gateways(), many, crowd, Duration.ofMillis(Math.clamp(pause, 0, 60_000)))) {
            for (int warmUp = 0; warmUp < 4; warmUp++) {
                flood.turn(warmUp % 2 == 0, other, length, between);
            }
            for (int turn = 0; turn < Math.clamp(turns, 1, MOST_TURNS); turn++) {
                // Whichever comes first has what the last pair left behind; they take turns at that too.
                for (int half = 0; half < 2; half++) {
                    boolean floods = (turn + half) % 2 == 0;
                    Duration processor = suite.processorTime();
                    long refused = flood.answers("429");
                    List<Double> times = flood.turn(floods, other, length, between);
                    (floods ? beside : alone)
                            .add(times, suite.processorTime().minus(processor), flood.answers("429") - refused);
                }
            }
            return report(flood, crowd, began, alone, beside);
        }
    }

    private boolean report(Flood flood, int crowd, long began, TurnTimes alone, TurnTimes beside) {
        double minutes = (System.nanoTime() - began) / 60e9;
        long most = limit + (long) Math.ceil(minutes * limit);
        long let = flood.answers("200");
        long refused = flood.answers("429");
        Map<String, Long> odd = flood.oddAnswers();
        System.out.printf(
                Locale.ROOT,
                "limits %d clients of one key, %d a minute over two gateways: %d of at most %d let through, %d refused,"
                        + " other answers %s; a refusal took %.0f us of the gateways' processor%n",
                crowd,
                limit,
                let,
                most,
                refused,
                odd,
                (beside.processorMicros() - alone.processorMicros()) / Math.max(1, beside.refused()));
        System.out.printf(
                Locale.ROOT,
                "limits another key: %d requests alone, p50 %.2f ms, p99 %.2f ms; %d beside them, p50 %.2f ms, p99 %.2f ms;"
                        + " p50 %.2f times, p99 %.2f times; alone against alone p50 %.2f times, p99 %.2f times%n",
                alone.requests(),
                alone.percentile(0.5),
                alone.percentile(0.99),
                beside.requests(),
                beside.percentile(0.5),
                beside.percentile(0.99),
                beside.percentile(0.5) / alone.percentile(0.5),
                beside.percentile(0.99) / alone.percentile(0.99),
                alone.noise(0.5),
                alone.noise(0.99));
        return let <= most && odd.isEmpty();
    }
}
