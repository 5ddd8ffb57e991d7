package dev.triptych.benchmarks.hostile;

import dev.triptych.benchmarks.Stopwatch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Malformed requests over all endpoints of a running suite: none may be answered by a 5xx, none may hang. */
@Command(
        name = "fuzz",
        description = "Sends malformed requests to a running suite on this machine; fails on any 5xx and any hang.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class FuzzBenchmark implements Callable<Integer> {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int MOST_REQUESTS = 1_000_000;
    private static final int SHOWN_FAULTS = 10;

    @Option(names = "--port", description = "the gateway's (default: ${DEFAULT-VALUE})")
    private int port = 8080;

    @Option(names = "--requests", description = "how many (default: ${DEFAULT-VALUE})")
    private int requests = 100_000;

    @Option(names = "--clients", description = "how many at once (default: ${DEFAULT-VALUE})")
    private int clients = 32;

    @Option(names = "--seed", description = "of the series (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    private final ConcurrentSkipListMap<String, AtomicInteger> counts = new ConcurrentSkipListMap<>();
    private final AtomicInteger faults = new AtomicInteger();

    @Override
    public Integer call() throws Exception {
        MalformedRequests series = new MalformedRequests(seed);
        int end = Math.clamp(requests, 1, MOST_REQUESTS);
        AtomicInteger next = new AtomicInteger();
        Stopwatch watch = new Stopwatch();
        try (HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(5))
                        .build();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < Math.clamp(clients, 1, 256); i++) {
                running.add(threads.submit(() -> {
                    for (int number = next.getAndIncrement(); number < end; number = next.getAndIncrement()) {
                        send(client, series.at(number), number);
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        System.out.printf(
                Locale.ROOT, "fuzz %d requests in %.0f s, by status %s%n", end, watch.seconds(), new TreeMap<>(counts));
        return faults.get() == 0 ? 0 : 1;
    }

    private void send(HttpClient client, MalformedRequests.Malformed malformed, int number)
            throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + malformed.path()))
                .header("Content-Type", malformed.contentType())
                .timeout(DEADLINE)
                .POST(HttpRequest.BodyPublishers.ofByteArray(malformed.body()))
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            count(String.valueOf(response.statusCode()));
            if (response.statusCode() >= 500) {
                fault(malformed, number, response.statusCode() + " " + response.body());
            }
        } catch (IOException e) {
            count("none");
            fault(malformed, number, e.toString());
        }
    }

    private void count(String status) {
        counts.computeIfAbsent(status, key -> new AtomicInteger()).incrementAndGet();
    }

    private void fault(MalformedRequests.Malformed malformed, int number, String what) {
        if (faults.incrementAndGet() <= SHOWN_FAULTS) {
            System.out.printf("request %d to %s, %s: %s%n", number, malformed.path(), malformed.contentType(), what);
        }
    }
}
