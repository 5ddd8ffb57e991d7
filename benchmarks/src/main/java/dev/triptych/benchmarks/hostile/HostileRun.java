package dev.triptych.benchmarks.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** Sends a series of requests to a suite on this machine; a 5xx or no answer in time is a fault. */
final class HostileRun {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int SHOWN_FAULTS = 10;

    private final String name;
    private final int port;
    private final ConcurrentSkipListMap<String, AtomicInteger> counts = new ConcurrentSkipListMap<>();
    private final AtomicInteger faults = new AtomicInteger();

    /** @param port the gateway's */
    HostileRun(String name, int port) {
        this.name = name;
        this.port = port;
    }

    /** @param what tells people what is wrong with it */
    record Sent(String path, String contentType, String accept, byte[] body, String what) {}

    /** Sends each request once; whether there was no fault. */
    boolean run(int clients, int count, IntFunction<Sent> series) throws InterruptedException, ExecutionException {
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
                    for (int number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                        send(client, series.apply(number), number);
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%s %d requests in %.0f s, by status %s%n",
                name,
                count,
                watch.seconds(),
                new TreeMap<>(counts));
        return faults.get() == 0;
    }

    private void send(HttpClient client, Sent sent, int number) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + sent.path()))
                .header("Content-Type", sent.contentType())
                .header("Accept", sent.accept())
                .timeout(DEADLINE)
                .POST(HttpRequest.BodyPublishers.ofByteArray(sent.body()))
                .build();
        try {
            HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            count(String.valueOf(response.statusCode()));
            if (response.statusCode() >= 500) {
                fault(sent, number, response.statusCode() + " " + new String(response.body(), UTF_8));
            }
        } catch (IOException e) {
            count("none");
            fault(sent, number, e.toString());
        }
    }

    private void count(String status) {
        counts.computeIfAbsent(status, key -> new AtomicInteger()).incrementAndGet();
    }

    private void fault(Sent sent, int number, String answer) {
        if (faults.incrementAndGet() <= SHOWN_FAULTS) {
            System.out.printf("request %d to %s, %s: %s%n", number, sent.path(), sent.what(), answer);
        }
    }
}
