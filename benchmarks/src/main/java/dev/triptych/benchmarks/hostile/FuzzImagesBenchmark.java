package dev.triptych.benchmarks.hostile;

import dev.triptych.benchmarks.RunningSuite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Malformed pictures to all vision endpoints of a running suite: none may be answered by a 5xx, none may hang. */
@Command(
        name = "fuzz-images",
        description = "Sends malformed pictures to a running suite on this machine; fails on any 5xx and any hang.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class FuzzImagesBenchmark implements Callable<Integer> {

    private static final int MOST_REQUESTS = 1_000_000;
    private static final List<String> PATHS = List.of(
            "/v1/vision/classifications", "/v1/vision/detections", "/v1/vision/segmentations", "/v1/vision/attention");

    @Mixin
    private RunningSuite suite = new RunningSuite();

    @Option(names = "--requests", description = "how many (default: ${DEFAULT-VALUE})")
    private int requests = 50_000;

    @Option(names = "--clients", description = "how many at once (default: ${DEFAULT-VALUE})")
    private int clients = 16;

    @Option(names = "--seed", description = "of the series (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--pid", description = "vision-service's process, whose memory is told (Linux)")
    private Optional<Long> pid = Optional.empty();

    @Override
    public Integer call() throws Exception {
        MalformedImages series = new MalformedImages(seed);
        HostileRun run = new HostileRun("fuzz-images", suite.port());
        int count = Math.clamp(requests, 1, MOST_REQUESTS);
        boolean survived = true;
        // In parts, so that growth shows.
        int parts = 5;
        for (int part = 0; part < parts; part++) {
            int first = (int) ((long) count * part / parts);
            int last = (int) ((long) count * (part + 1) / parts);
            survived &= run.run(clients, last - first, number -> sent(series, first + number));
            memory();
        }
        return survived ? 0 : 1;
    }

    private static HostileRun.Sent sent(MalformedImages series, int number) {
        MalformedImages.Malformed image = series.at(number);
        String accept = number % 5 == 0 ? "image/png" : "application/json";
        return new HostileRun.Sent(
                PATHS.get(number % PATHS.size()),
                "image/" + image.format(),
                accept,
                image.bytes(),
                image.format() + ", " + image.what());
    }

    private void memory() throws IOException {
        if (pid.isPresent()) {
            Files.readAllLines(Path.of("/proc/" + pid.get() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS"))
                    .forEach(System.out::println);
        }
    }
}
