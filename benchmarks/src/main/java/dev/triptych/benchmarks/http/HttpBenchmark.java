package dev.triptych.benchmarks.http;

import dev.triptych.benchmarks.BriefMeasurement;
import dev.triptych.benchmarks.ClosedLoop;
import dev.triptych.benchmarks.RunningSuite;
import dev.triptych.benchmarks.Throughput;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tokens per second of a running suite on this machine through its gateway, by number of clients. */
@Command(
        name = "http",
        description = "Measures a running suite over HTTP, on this machine.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class HttpBenchmark implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Parameters(paramLabel = "TEXT", description = "file with one sentence per line")
    private Path text = Path.of("sentences.txt");

    @Mixin
    private RunningSuite suite = new RunningSuite();

    @Option(names = "--clients", split = ",", description = "numbers of clients (default: ${DEFAULT-VALUE})")
    private List<Integer> clients = List.of(1, 64);

    @Mixin
    private BriefMeasurement measurement = new BriefMeasurement(10);

    @Option(names = "--source", description = "language of the sentences (default: ${DEFAULT-VALUE})")
    private String source = "en";

    @Option(names = "--target", description = "language to translate to (default: ${DEFAULT-VALUE})")
    private String target = "de";

    @Override
    public Integer call() throws Exception {
        List<String> lines = Files.readAllLines(text).stream()
                .filter(line -> !line.isBlank())
                .toList();
        Duration duration = measurement.duration();
        URI uri = suite.gateway("/v1/translations");
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build()) {
            ClosedLoop.Request request = number -> translate(client, uri, lines.get(number % lines.size()));
            ClosedLoop.run(4, Duration.ofSeconds(3), request);
            Optional<Throughput> first = Optional.empty();
            for (int count : clients) {
                Throughput throughput = ClosedLoop.run(count, duration, request);
                double base = first.map(Throughput::tokensPerSecond).orElse(throughput.tokensPerSecond());
                System.out.printf(
                        Locale.ROOT, "http %s, ratio %.2f%n", throughput.line(), throughput.tokensPerSecond() / base);
                first = first.or(() -> Optional.of(throughput));
            }
        }
        return 0;
    }

    /** Returns the tokens that were generated, as the reply counts them. */
    private int translate(HttpClient client, URI uri, String line) throws Exception {
        String body = JSON.createObjectNode()
                .put("source", source)
                .put("target", target)
                .put("input", line)
                .put("strategy", "greedy")
                .put("return_token_ids", true)
                .toString();
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IllegalStateException("HTTP " + response.statusCode() + ": " + response.body());
        }
        int tokens = 0;
        for (JsonNode item : JSON.readTree(response.body()).path("data")) {
            tokens += item.path("token_ids").size();
        }
        return tokens;
    }
}
