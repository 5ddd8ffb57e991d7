package dev.triptych.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that each send a request, wait for its answer and send the next, for a while. */
public final class ClosedLoop {

    /** One request, by its number; returns the tokens generated for it. */
    @FunctionalInterface
    public interface Request {

        int run(int number) throws Exception;
    }

    private ClosedLoop() {}

    /**
     * Runs the requests {@code 0} to {@code count - 1}, each once.
     *
     * @throws IllegalStateException if one fails
     */
    public static void each(int clients, int count, Request request) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                running.add(threads.submit(() -> {
                    for (int number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                        request.run(number);
                    }
                    return null;
                }));
            }
            for (Future<?> client : running) {
                client.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a request failed: " + e.getCause(), e);
        }
    }

    /**
     * Runs clients.
     *
     * @throws IllegalStateException if a request fails: a throughput with failures in it means nothing
     */
    public static Throughput run(int clients, Duration duration, Request request) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        AtomicLong tokens = new AtomicLong();
        ConcurrentLinkedQueue<Double> latencies = new ConcurrentLinkedQueue<>();
        Stopwatch watch = new Stopwatch();
        long end = System.nanoTime() + duration.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                running.add(threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        long sent = System.nanoTime();
                        tokens.addAndGet(request.run(next.getAndIncrement()));
                        latencies.add((System.nanoTime() - sent) / 1e6);
                    }
                    return null;
                }));
            }
            for (Future<?> client : running) {
                client.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a request failed: " + e.getCause(), e);
        }
        double[] times = latencies.stream().mapToDouble(Double::doubleValue).toArray();
        return new Throughput(clients, times.length, tokens.get(), watch.seconds(), watch.cpuSeconds(), times);
    }
}
