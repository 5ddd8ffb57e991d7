package dev.triptych.benchmarks.rolling;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a Service of Kubernetes does for clients: asks each gateway once a second whether it is ready, and sends requests
 * to those that are, in turn. A gateway that is busy may miss a probe. One thread probes, any may ask.
 */
final class ReadyGateways implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration DEADLINE = Duration.ofSeconds(1);
    private static final int OK = 200;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(DEADLINE)
            .build();
    private final List<URI> gateways;
    private final Set<URI> ready = ConcurrentHashMap.newKeySet();
    private final AtomicInteger turn = new AtomicInteger();
    private final Thread probing = Thread.ofVirtual().unstarted(this::probe);

    /** @param gateways all ready now */
    ReadyGateways(List<URI> gateways) {
        this.gateways = gateways;
        ready.addAll(gateways);
        probing.start();
    }

    /** @throws IOException where none is ready */
    URI next() throws IOException {
        List<URI> now = gateways.stream().filter(ready::contains).toList();
        if (now.isEmpty()) {
            throw new IOException("no gateway is ready");
        }
        return now.get(Math.floorMod(turn.getAndIncrement(), now.size()));
    }

    private void probe() {
        try {
            while (true) {
                for (URI gateway : gateways) {
                    probe(gateway);
                }
                Thread.sleep(PERIOD);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void probe(URI gateway) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(RollingSuite.readiness(gateway))
                .timeout(DEADLINE)
                .build();
        try {
            if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == OK) {
                ready.add(gateway);
            } else {
                ready.remove(gateway);
            }
        } catch (HttpTimeoutException e) {
            return;
        } catch (IOException e) {
            ready.remove(gateway);
        }
    }

    @Override
    public void close() {
        probing.interrupt();
        http.shutdownNow();
    }
}
