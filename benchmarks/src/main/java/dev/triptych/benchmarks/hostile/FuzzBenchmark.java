package dev.triptych.benchmarks.hostile;

import dev.triptych.benchmarks.RunningSuite;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Malformed requests over all endpoints of a running suite: none may be answered by a 5xx, none may hang. */
@Command(
        name = "fuzz",
        description = "Sends malformed requests to a running suite on this machine; fails on any 5xx and any hang.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class FuzzBenchmark implements Callable<Integer> {

    private static final int MOST_REQUESTS = 1_000_000;

    @Mixin
    private RunningSuite suite = new RunningSuite();

    @Option(names = "--requests", description = "how many (default: ${DEFAULT-VALUE})")
    private int requests = 100_000;

    @Option(names = "--clients", description = "how many at once (default: ${DEFAULT-VALUE})")
    private int clients = 32;

    @Option(names = "--seed", description = "of the series (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Override
    public Integer call() throws Exception {
        MalformedRequests series = new MalformedRequests(seed);
        boolean survived = new HostileRun("fuzz", suite.port())
                .run(clients, Math.clamp(requests, 1, MOST_REQUESTS), number -> {
                    MalformedRequests.Malformed malformed = series.at(number);
                    return new HostileRun.Sent(
                            malformed.path(),
                            malformed.contentType(),
                            "*/*",
                            malformed.body(),
                            malformed.contentType());
                });
        return survived ? 0 : 1;
    }
}
