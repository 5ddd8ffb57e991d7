package dev.triptych.benchmarks.http;

import dev.triptych.benchmarks.BriefMeasurement;
import dev.triptych.benchmarks.Percentile;
import dev.triptych.benchmarks.RunningSuite;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What the gateway adds to a request: the same one through it and directly at text-service, by turns, so that both meet
 * the same load. A client pauses between its requests, since a closed loop without pauses measures the processors.
 */
@Command(
        name = "gateway",
        description = "Measures what the gateway of a running suite adds to text-service's answers, on this machine.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class GatewayBenchmark implements Callable<Integer> {

    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Mixin
    private RunningSuite suite = new RunningSuite();

    @Option(names = "--text-port", description = "text-service's (default: ${DEFAULT-VALUE})")
    private int textPort = 8081;

    @Option(names = "--clients", split = ",", description = "numbers of clients (default: ${DEFAULT-VALUE})")
    private List<Integer> clients = List.of(1, 64);

    @Option(
            names = "--pause",
            description = "milliseconds between a client's requests on average (default: ${DEFAULT-VALUE})")
    private int pause = 100;

    @Mixin
    private BriefMeasurement measurement = new BriefMeasurement(20);

    @Option(names = "--model", description = "of the streams (default: ${DEFAULT-VALUE})")
    private String model = "triptych-en-de";

    @Option(names = "--key", description = "an API key, where the suite asks for one")
    private String key = "";

    private enum Way {
        DIRECT,
        GATEWAY
    }

    /** A request whose time is taken from sending to the byte that counts. */
    @FunctionalInterface
    private interface Probe {

        double millis(HttpClient client, String base) throws Exception;
    }

    @Override
    public Integer call() throws Exception {
        Duration duration = measurement.duration();
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build()) {
            for (int count : clients) {
                measure("small request", client, count, duration, this::smallRequest);
            }
            for (int count : clients) {
                measure("first token", client, count, duration, this::firstToken);
            }
        }
        return 0;
    }

    private void measure(String name, HttpClient client, int count, Duration duration, Probe probe)
            throws InterruptedException {
        run(client, count, WARM_UP, probe);
        Map<Way, Queue<Double>> times = run(client, count, duration, probe);
        double[] direct = sorted(times, Way.DIRECT);
        double[] gateway = sorted(times, Way.GATEWAY);
        System.out.printf(
                Locale.ROOT,
                "gateway, %s, %d clients: %d requests each way, p50 direct %.2f ms, through the gateway %.2f ms,"
                        + " added %.2f ms; p99 %.2f ms, %.2f ms, added %.2f ms%n",
                name,
                count,
                Math.min(direct.length, gateway.length),
                Percentile.of(direct, 0.5),
                Percentile.of(gateway, 0.5),
                Percentile.of(gateway, 0.5) - Percentile.of(direct, 0.5),
                Percentile.of(direct, 0.99),
                Percentile.of(gateway, 0.99),
                Percentile.of(gateway, 0.99) - Percentile.of(direct, 0.99));
    }

    private Map<Way, Queue<Double>> run(HttpClient client, int count, Duration duration, Probe probe)
            throws InterruptedException {
        Map<Way, Queue<Double>> times = new EnumMap<>(Way.class);
        for (Way way : Way.values()) {
            times.put(way, new ConcurrentLinkedQueue<>());
        }
        long end = System.nanoTime() + duration.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int first = i;
                running.add(threads.submit(() -> {
                    for (int turn = first; System.nanoTime() < end; turn++) {
                        Way way = Way.values()[turn % Way.values().length];
                        Objects.requireNonNull(times.get(way)).add(probe.millis(client, base(way)));
                        Thread.sleep(ThreadLocalRandom.current().nextInt(2 * pause + 1));
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a request failed: " + e.getCause(), e);
        }
        return times;
    }

    private String base(Way way) {
        return "http://127.0.0.1:" + (way == Way.DIRECT ? textPort : suite.port());
    }

    /** One that computes nothing, so that its time is the way's. */
    private double smallRequest(HttpClient client, String base) throws Exception {
        HttpRequest request = request(base + "/languages").GET().build();
        long sent = System.nanoTime();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        double took = (System.nanoTime() - sent) / 1e6;
        checkStatus(response);
        return took;
    }

    /** To the first event of a stream, which is then read to its end. */
    private double firstToken(HttpClient client, String base) throws Exception {
        String body = "{\"model\":\"" + model
                + "\",\"prompt\":\"Save the file.\",\"max_tokens\":4,\"temperature\":0,\"stream\":true}";
        HttpRequest request = request(base + "/v1/completions")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        long sent = System.nanoTime();
        HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader events =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            String first = events.readLine();
            double took = (System.nanoTime() - sent) / 1e6;
            checkStatus(response);
            if (first == null || !first.startsWith("data:")) {
                throw new IllegalStateException("a stream began with: " + first);
            }
            events.lines().forEach(line -> {});
            return took;
        }
    }

    private HttpRequest.Builder request(String uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri)).timeout(PATIENCE);
        return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
    }

    private static void checkStatus(HttpResponse<?> response) {
        if (response.statusCode() != 200) {
            throw new IllegalStateException("HTTP " + response.statusCode() + " from " + response.uri());
        }
    }

    private static double[] sorted(Map<Way, Queue<Double>> times, Way way) {
        return Objects.requireNonNull(times.get(way)).stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
    }
}
