package dev.triptych.benchmarks.jobs;

import dev.triptych.benchmarks.BriefMeasurement;
import dev.triptych.benchmarks.ClosedLoop;
import dev.triptych.benchmarks.RunningSuite;
import dev.triptych.benchmarks.Throughput;
import dev.triptych.client.JobClient;
import dev.triptych.client.JobClientSettings;
import dev.triptych.wire.TranslationItem;
import dev.triptych.wire.WireJson;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Jobs over Kafka in a running suite: their throughput, and what an interactive client notices of them. */
@Command(
        name = "jobs",
        description = "Measures jobs over Kafka in a running suite, and the latency of a request beside them.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class JobsBenchmark implements Callable<Integer> {

    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @Parameters(paramLabel = "TEXT", description = "file with one sentence per line")
    private Path text = Path.of("sentences.txt");

    @Mixin
    private RunningSuite suite = new RunningSuite();

    @Option(names = "--kafka-port", description = "the broker's (default: ${DEFAULT-VALUE})")
    private int kafkaPort = 9092;

    @Option(names = "--items", description = "items on their way at a time (default: ${DEFAULT-VALUE})")
    private int items = 512;

    @Mixin
    private BriefMeasurement measurement = new BriefMeasurement(20);

    @Override
    public Integer call() throws Exception {
        List<String> lines = Files.readAllLines(text).stream()
                .filter(line -> !line.isBlank())
                .toList();
        Duration duration = measurement.duration();
        JobClientSettings kafka = JobClientSettings.of("127.0.0.1:" + kafkaPort).withMaxPending(items);
        try (HttpClient http = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                JobClient jobs = JobClient.connect(kafka)) {
            ClosedLoop.Request interactive = number -> ask(http, lines.get(number % lines.size()));
            ClosedLoop.Request item = number -> work(jobs, lines.get(number % lines.size()));
            ClosedLoop.run(items, WARM_UP, item);
            Throughput idle = ClosedLoop.run(1, duration, interactive);
            Throughput alone = ClosedLoop.run(items, duration, item);
            CompletableFuture<Throughput> running = new CompletableFuture<>();
            Thread job = Thread.ofPlatform().start(() -> {
                try {
                    running.complete(ClosedLoop.run(items, duration.plus(WARM_UP), item));
                } catch (InterruptedException | RuntimeException e) {
                    running.completeExceptionally(e);
                }
            });
            Throughput beside = ClosedLoop.run(1, duration, interactive);
            job.join();
            System.out.printf(Locale.ROOT, "interactive, idle suite: %s%n", idle.line());
            System.out.printf(Locale.ROOT, "interactive, beside job: %s%n", beside.line());
            System.out.printf(
                    Locale.ROOT,
                    "p50 %.2f times, p99 %.2f times%n",
                    beside.latency(0.5) / idle.latency(0.5),
                    beside.latency(0.99) / idle.latency(0.99));
            System.out.printf(Locale.ROOT, "job alone:               %s%n", alone.line());
            System.out.printf(
                    Locale.ROOT,
                    "job beside a client:     %s%n",
                    running.getNow(alone).line());
        }
        return 0;
    }

    private static int work(JobClient jobs, String line) throws Exception {
        return jobs.translate(new TranslationItem(null, "en", "de", line, null, null))
                .get()
                .completionTokens();
    }

    private int ask(HttpClient http, String line) throws Exception {
        String body = WireJson.mapper()
                .createObjectNode()
                .put("source", "en")
                .put("target", "de")
                .put("input", line)
                .toString();
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(suite.gateway("/v1/translations"))
                        .header("Content-Type", "application/json")
                        .timeout(DEADLINE)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IllegalStateException("HTTP " + response.statusCode() + ": " + response.body());
        }
        JsonNode usage = WireJson.mapper().readTree(response.body()).path("usage");
        return usage.path("completion_tokens").asInt();
    }
}
