package dev.triptych.benchmarks.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.triptych.testkit.Fixtures;
import dev.triptych.testkit.TraceReceiver;
import dev.triptych.testkit.TraceReceiver.ReceivedSpan;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One trace through all processes of a suite, over HTTP and over Kafka. */
@Timeout(300)
class TracesIT {

    private static final Path HOME = Path.of("").toAbsolutePath().getParent();
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLER = "00f067aa0ba902b7";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String ENGINE = "text_completion en-de";

    @TempDir
    Path folder;

    @Test
    void aTraceLeadsThroughTheGatewayAndTheServiceToTheEngine() throws Exception {
        assumeTrue(JobsSuite.isBuilt(HOME), "the services' jars are built by mvnw package");
        Path models = Files.createDirectory(folder.resolve("models"));
        Files.createSymbolicLink(models.resolve("en-de"), Fixtures.path("marian-fused"));
        Files.createSymbolicLink(models.resolve("vit"), Fixtures.path("vit"));
        try (TraceReceiver receiver = TraceReceiver.start();
                JobsSuite suite = new JobsSuite(
                        HOME,
                        folder,
                        23_800,
                        Map.of(
                                "TRIPTYCH_MODELS",
                                models.toString(),
                                "TRIPTYCH_OTLP_ENDPOINT",
                                receiver.endpoint(),
                                "TRIPTYCH_TRACE_SAMPLING",
                                "1",
                                "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_SCHEDULE_DELAY",
                                "100ms"))) {
            List<String> needed = List.of("kafka", "text-a", "vision", "gateway");
            for (String name : needed) {
                suite.processes().named(name).start();
            }
            await().atMost(PATIENCE)
                    .until(() -> needed.stream()
                            .allMatch(name -> suite.processes().named(name).isReady()));
            overHttp(suite, receiver);
            overKafka(suite, receiver);
            aPicture(suite, receiver);
        }
    }

    private static void overHttp(JobsSuite suite, TraceReceiver receiver) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(suite.gateway("/v1/translations"))
                            .header("Content-Type", "application/json")
                            .header("traceparent", "00-" + TRACE + "-" + CALLER + "-01")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    "{\"source\": \"en\", \"target\": \"de\", \"input\": \"ab cd.\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
        await().atMost(PATIENCE)
                .until(() -> receiver.ofTrace(TRACE).stream()
                        .anyMatch(span -> span.parentId().equals(CALLER)));
        ReceivedSpan engine = named(receiver.ofTrace(TRACE), ENGINE);
        ReceivedSpan text = parent(receiver, engine);
        ReceivedSpan call = parent(receiver, text);
        ReceivedSpan door = parent(receiver, call);
        assertThat(List.of(door, call, text, engine))
                .extracting(ReceivedSpan::service)
                .containsExactly("gateway-service", "gateway-service", "text-service", "text-service");
        assertThat(door.parentId()).isEqualTo(CALLER);
    }

    private static void aPicture(JobsSuite suite, TraceReceiver receiver) throws Exception {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4737";
        try (HttpClient http = HttpClient.newHttpClient();
                Stream<Path> pictures = Files.list(Fixtures.path("vit/images"))) {
            Path picture = pictures.filter(file -> file.toString().endsWith(".png"))
                    .findFirst()
                    .orElseThrow();
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(suite.gateway("/v1/vision/classifications"))
                            .header("Content-Type", "image/png")
                            .header("traceparent", "00-" + trace + "-" + CALLER + "-01")
                            .POST(HttpRequest.BodyPublishers.ofFile(picture))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
        await().atMost(PATIENCE).until(() -> receiver.ofTrace(trace).size() == 4);
        ReceivedSpan analysis = named(receiver.ofTrace(trace), "image_analysis vit");
        assertThat(analysis.attributes())
                .containsEntry("triptych.outcome", "ok")
                .containsKey("triptych.queue_ms");
        assertThat(parent(receiver, analysis).service()).isEqualTo("vision-service");
    }

    private static void overKafka(JobsSuite suite, TraceReceiver receiver) throws Exception {
        try (BatchClient batches = new BatchClient(suite::gateway)) {
            batches.create(
                    "/v1/completions",
                    1,
                    index -> "{\"custom_id\": \"a\", \"method\": \"POST\", \"url\": \"/v1/completions\","
                            + " \"body\": {\"model\": \"en-de\", \"prompt\": \"ab\", \"max_tokens\": 3}}");
        }
        await().atMost(PATIENCE)
                .until(() ->
                        receiver.all().stream().anyMatch(span -> span.name().startsWith("item ")));
        ReceivedSpan item = receiver.all().stream()
                .filter(span -> span.name().startsWith("item "))
                .findFirst()
                .orElseThrow();
        await().atMost(PATIENCE).until(() -> receiver.ofTrace(item.traceId()).size() == 3);
        assertThat(parent(receiver, item).name()).isEqualTo("http post /v1/batches");
        assertThat(parent(receiver, named(receiver.ofTrace(item.traceId()), ENGINE)))
                .isEqualTo(item);
    }

    private static ReceivedSpan named(List<ReceivedSpan> spans, String name) {
        return spans.stream()
                .filter(span -> span.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no span " + name + " in " + spans));
    }

    private static ReceivedSpan parent(TraceReceiver receiver, ReceivedSpan span) {
        List<ReceivedSpan> trace = receiver.ofTrace(span.traceId());
        return trace.stream()
                .filter(each -> each.spanId().equals(span.parentId()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the parent of " + span + " is not in " + trace));
    }
}
