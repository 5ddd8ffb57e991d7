package dev.triptych.benchmarks.jobs;

import dev.triptych.benchmarks.BriefMeasurement;
import dev.triptych.benchmarks.ClosedLoop;
import dev.triptych.benchmarks.RunningSuite;
import dev.triptych.benchmarks.Throughput;
import dev.triptych.client.JobClient;
import dev.triptych.client.JobClientSettings;
import dev.triptych.wire.ClassificationItem;
import dev.triptych.wire.TranslationItem;
import dev.triptych.wire.WireJson;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
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

    @Parameters(arity = "0..1", paramLabel = "TEXT", description = "file with one sentence per line")
    private Path text = Path.of("sentences.txt");

    @Option(names = "--picture", description = "a picture to classify in the place of texts")
    private @Nullable Path picture;

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
        Duration duration = measurement.duration();
        JobClientSettings kafka = JobClientSettings.of("127.0.0.1:" + kafkaPort).withMaxPending(items);
        try (HttpClient http = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                JobClient jobs = JobClient.connect(kafka)) {
            measure(duration, picture == null ? texts(http, jobs) : pictures(http, jobs, picture));
        }
        return 0;
    }

    /** The same work as a request over HTTP and as an item of a job. */
    private record Work(ClosedLoop.Request interactive, ClosedLoop.Request item) {}

    private Work texts(HttpClient http, JobClient jobs) throws IOException {
        List<String> lines = Files.readAllLines(text).stream()
                .filter(line -> !line.isBlank())
                .toList();
        return new Work(
                number -> ask(http, lines.get(number % lines.size())),
                number -> work(jobs, lines.get(number % lines.size())));
    }

    private Work pictures(HttpClient http, JobClient jobs, Path file) throws IOException {
        String image = Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        String body = WireJson.mapper().createObjectNode().put("image", image).toString();
        ClassificationItem item = new ClassificationItem(null, image, 1);
        return new Work(
                number -> {
                    post(http, "/v1/vision/classifications", body);
                    return 0;
                },
                number -> {
                    jobs.classify(item).get();
                    return 0;
                });
    }

    private void measure(Duration duration, Work work) throws InterruptedException {
        ClosedLoop.run(items, WARM_UP, work.item());
        Throughput idle = ClosedLoop.run(1, duration, work.interactive());
        Throughput alone = ClosedLoop.run(items, duration, work.item());
        CompletableFuture<Throughput> running = new CompletableFuture<>();
        Thread job = Thread.ofPlatform().start(() -> {
            try {
                running.complete(ClosedLoop.run(items, duration.plus(WARM_UP), work.item()));
            } catch (InterruptedException | RuntimeException e) {
                running.completeExceptionally(e);
            }
        });
        Throughput beside = ClosedLoop.run(1, duration, work.interactive());
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

    private static int work(JobClient jobs, String line) throws Exception {
        return jobs.translate(new TranslationItem(null, "en", "de", line, null, null))
                .get()
                .completionTokens();
    }

    private int ask(HttpClient http, String line) throws IOException, InterruptedException {
        String body = WireJson.mapper()
                .createObjectNode()
                .put("source", "en")
                .put("target", "de")
                .put("input", line)
                .toString();
        JsonNode usage =
                WireJson.mapper().readTree(post(http, "/v1/translations", body)).path("usage");
        return usage.path("completion_tokens").asInt();
    }

    private String post(HttpClient http, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(suite.gateway(path))
                        .header("Content-Type", "application/json")
                        .timeout(DEADLINE)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IllegalStateException("HTTP " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }
}
