package dev.triptych.benchmarks.hostile;

import dev.triptych.benchmarks.ClosedLoop;
import dev.triptych.benchmarks.Percentile;
import dev.triptych.benchmarks.RunningSuite;
import dev.triptych.benchmarks.Stopwatch;
import dev.triptych.benchmarks.Throughput;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** Requests at a multiple of what a running suite can serve: each must be answered, by a result or by 429 with Retry-After. */
@Command(
        name = "overload",
        description =
                "Sends requests to a running suite at a multiple of its capacity; fails on anything but 200 and 429.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class OverloadBenchmark implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int MOST_REQUESTS = 100_000;

    @Parameters(paramLabel = "TEXT", description = "file with one sentence per line")
    private Path text = Path.of("sentences.txt");

    @Mixin
    private RunningSuite suite = new RunningSuite();

    @Option(names = "--requests", description = "how many (default: ${DEFAULT-VALUE})")
    private int requests = 10_000;

    @Option(names = "--times", description = "of the capacity (default: ${DEFAULT-VALUE})")
    private double times = 10;

    private final ConcurrentSkipListMap<String, AtomicInteger> counts = new ConcurrentSkipListMap<>();
    private final ConcurrentLinkedQueue<Double> admitted = new ConcurrentLinkedQueue<>();

    @Override
    public Integer call() throws Exception {
        List<String> lines = Files.readAllLines(text).stream()
                .filter(line -> !line.isBlank())
                .toList();
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(30))
                .build()) {
            ClosedLoop.Request request = number -> {
                HttpResponse<String> response =
                        client.send(translation(lines, number), HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() != 200) {
                    throw new IllegalStateException("HTTP " + response.statusCode() + ": " + response.body());
                }
                return 1;
            };
            ClosedLoop.run(8, Duration.ofSeconds(5), request);
            Throughput alone = ClosedLoop.run(1, Duration.ofSeconds(10), request);
            Throughput full = ClosedLoop.run(64, Duration.ofSeconds(10), request);
            double capacity = full.tokensPerSecond();
            System.out.printf(
                    Locale.ROOT, "overload 1 client: %s%noverload 64 clients: %s%n", alone.line(), full.line());
            flood(client, lines, capacity * times, Math.clamp(requests, 1, MOST_REQUESTS));
        }
        report();
        Map<String, AtomicInteger> others = new TreeMap<>(counts);
        others.keySet().removeAll(List.of("200", "429"));
        return others.isEmpty() ? 0 : 1;
    }

    /** Sends at an even rate, whether or not answers have come. */
    private void flood(HttpClient client, List<String> lines, double rate, int count) {
        Stopwatch watch = new Stopwatch();
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int number = 0; number < count; number++) {
                long due = start + (long) (number / rate * 1e9);
                for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
                    LockSupport.parkNanos(due - now);
                }
                int mine = number;
                threads.submit(() -> send(client, translation(lines, mine)));
            }
        }
        System.out.printf(
                Locale.ROOT,
                "overload %d requests at %.0f a second, all answered after %.0f s%n",
                count,
                rate,
                watch.seconds());
    }

    private void send(HttpClient client, HttpRequest request) {
        long sent = System.nanoTime();
        String outcome;
        try {
            HttpResponse<Void> response = client.send(request, HttpResponse.BodyHandlers.discarding());
            outcome = String.valueOf(response.statusCode());
            if (response.statusCode() == 200) {
                admitted.add((System.nanoTime() - sent) / 1e6);
            } else if (response.headers().firstValue("Retry-After").isEmpty()) {
                outcome += " without Retry-After";
            }
        } catch (IOException e) {
            outcome = e.getClass().getSimpleName();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        counts.computeIfAbsent(outcome, key -> new AtomicInteger()).incrementAndGet();
    }

    private void report() {
        double[] times =
                admitted.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        String latency = times.length == 0
                ? "none admitted"
                : String.format(
                        Locale.ROOT,
                        "admitted p50 %.0f ms, p99 %.0f ms",
                        Percentile.of(times, 0.5),
                        Percentile.of(times, 0.99));
        System.out.printf("overload answers %s; %s%n", counts, latency);
    }

    private HttpRequest translation(List<String> lines, int number) {
        String body = JSON.createObjectNode()
                .put("source", "en")
                .put("target", "de")
                .put("input", lines.get(number % lines.size()))
                .put("strategy", "greedy")
                .toString();
        return HttpRequest.newBuilder(suite.gateway("/v1/translations"))
                .header("Content-Type", "application/json")
                .timeout(DEADLINE)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }
}
