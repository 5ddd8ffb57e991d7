package dev.triptych.benchmarks.rolling;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Clients that each send a request, wait for its whole answer, pause and send the next, until they are closed. */
final class RollingClients implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int OK = 200;
    private static final int SHOWN = 20;

    /** One kind of request. */
    private enum Kind {
        TRANSLATION,
        STREAM,
        PICTURE
    }

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ReadyGateways gateways;
    private final byte[] picture;
    private final Duration pause;
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Kind> answered = new ConcurrentLinkedQueue<>();
    private final AtomicInteger total = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final Queue<String> shown = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    /**
     * @param each  how many clients send each kind of request
     * @param pause of a client after an answer
     */
    RollingClients(ReadyGateways gateways, byte[] picture, int each, Duration pause) {
        this.pause = pause;
        this.gateways = gateways;
        this.picture = picture;
        for (Kind kind : Kind.values()) {
            for (int client = 0; client < each; client++) {
                int first = client;
                threads.add(Thread.ofVirtual().start(() -> work(kind, first, each)));
            }
        }
    }

    /** How many requests of each kind were answered. */
    Map<String, Integer> answered() {
        Map<String, Integer> counts = new TreeMap<>();
        for (Kind kind : Kind.values()) {
            int count = (int) answered.stream().filter(each -> each == kind).count();
            counts.put(kind.name().toLowerCase(Locale.ROOT), count);
        }
        return counts;
    }

    /** How many of all kinds were answered. */
    int total() {
        return total.get();
    }

    int failures() {
        return failures.get();
    }

    /** The first of them. */
    List<String> shownFailures() {
        return List.copyOf(shown);
    }

    private void work(Kind kind, int first, int step) {
        for (int number = first; !over; number += step) {
            try {
                URI gateway = gateways.next();
                HttpResponse<String> answer =
                        http.send(request(kind, gateway, number), HttpResponse.BodyHandlers.ofString());
                String fault = fault(kind, answer);
                if (fault.isEmpty()) {
                    answered.add(kind);
                    total.incrementAndGet();
                } else {
                    failed(kind, gateway + ": " + fault);
                }
                Thread.sleep(pause);
            } catch (IOException e) {
                failed(kind, e.toString());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void failed(Kind kind, String what) {
        failures.incrementAndGet();
        if (shown.size() < SHOWN) {
            shown.add(kind + " " + what);
        }
    }

    private static String fault(Kind kind, HttpResponse<String> answer) {
        if (answer.statusCode() != OK) {
            return answer.statusCode() + " " + answer.body();
        }
        boolean whole = kind != Kind.STREAM
                || answer.body().strip().endsWith("data: [DONE]")
                        && !answer.body().contains("\"error\"");
        return whole ? "" : "a stream that broke off: " + answer.body();
    }

    private HttpRequest request(Kind kind, URI gateway, int number) {
        HttpRequest.Builder request = HttpRequest.newBuilder().timeout(DEADLINE);
        String text = "The teacher paints house number " + number + " near the sea.";
        return switch (kind) {
            case TRANSLATION ->
                json(
                        request.uri(gateway.resolve("/v1/translations")),
                        JSON.createObjectNode()
                                .put("source", "en")
                                .put("target", "de")
                                .put("input", text)
                                .put("strategy", "greedy"));
            case STREAM ->
                json(
                        request.uri(gateway.resolve("/v1/completions")),
                        JSON.createObjectNode()
                                .put("model", "triptych-en-de")
                                .put("prompt", text)
                                .put("temperature", 0)
                                .put("stream", true));
            case PICTURE ->
                request.uri(gateway.resolve("/v1/vision/classifications"))
                        .header("Content-Type", "image/png")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(picture))
                        .build();
        };
    }

    private static HttpRequest json(HttpRequest.Builder request, ObjectNode body) {
        return request.header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
    }

    /** Returns once the last answer has come. */
    @Override
    public void close() throws InterruptedException {
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
        http.close();
    }
}
