package dev.triptych.benchmarks.limits;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * Two keys' clients at the gateways of a suite: many of one key, who come and go by turns, and one of another, whose
 * times are taken. Many on one gateway each; the one takes turns with gateways.
 */
final class Flood implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration GLANCE = Duration.ofMillis(20);

    /** What was sent before a turn's beginning may still be on its way. */
    private static final Duration SETTLING = Duration.ofMillis(500);

    private static final String BODY = "{\"q\":\"The dog sees a red car.\"}";

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(30))
            .build();
    private final List<URI> gateways;
    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentHashMap<String, LongAdder> answers = new ConcurrentHashMap<>();
    private volatile boolean here;
    private volatile boolean over;

    /**
     * @param key     the many clients'
     * @param pause   of each of them between two requests, on average
     */
    Flood(List<URI> gateways, String key, int clients, Duration pause) {
        this.gateways = gateways;
        for (int client = 0; client < clients; client++) {
            URI gateway = gateways.get(client % gateways.size());
            threads.add(Thread.ofVirtual().start(() -> work(request(gateway, key), pause)));
        }
    }

    private void work(HttpRequest request, Duration pause) {
        try {
            while (!over) {
                if (here) {
                    count(send(request));
                    Thread.sleep(ThreadLocalRandom.current().nextLong(2 * pause.toMillis() + 1));
                } else {
                    Thread.sleep(GLANCE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void count(String answer) {
        answers.computeIfAbsent(answer, each -> new LongAdder()).increment();
    }

    /** How many of the many's requests were answered how. */
    long answers(String status) {
        return answers.getOrDefault(status, new LongAdder()).sum();
    }

    /** Each answer that is neither, and how often it came. */
    Map<String, Long> oddAnswers() {
        Map<String, Long> odd = new TreeMap<>();
        answers.forEach((answer, count) -> odd.put(answer, count.sum()));
        odd.keySet().removeAll(List.of("200", "429"));
        return odd;
    }

    /**
     * One turn.
     *
     * @param many whether the many are there
     * @param key  the one's
     * @return milliseconds of each request of the one
     */
    List<Double> turn(boolean many, String key, Duration length, Duration pause) throws InterruptedException {
        here = many;
        List<Double> times = new ArrayList<>();
        long begin = System.nanoTime();
        for (int number = 0; System.nanoTime() - begin < length.toNanos(); number++) {
            HttpRequest request = request(gateways.get(number % gateways.size()), key);
            long sent = System.nanoTime();
            String answer = send(request);
            long now = System.nanoTime();
            if (!answer.equals("200")) {
                throw new IllegalStateException("a request of the other key was answered " + answer);
            }
            if (sent - begin > SETTLING.toNanos()) {
                times.add((now - sent) / 1e6);
            }
            Thread.sleep(ThreadLocalRandom.current().nextLong(2 * pause.toMillis() + 1));
        }
        here = false;
        return times;
    }

    private String send(HttpRequest request) throws InterruptedException {
        try {
            return String.valueOf(
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** One that computes next to nothing, so that its time is the gateway's. */
    private static HttpRequest request(URI gateway, String key) {
        return HttpRequest.newBuilder(gateway.resolve("/detect"))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(BODY))
                .build();
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
        http.close();
    }
}
