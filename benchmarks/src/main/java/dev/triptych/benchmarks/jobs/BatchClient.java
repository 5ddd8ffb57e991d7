package dev.triptych.benchmarks.jobs;

import dev.triptych.wire.WireJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A client of {@code /v1/batches} that asks again while the gateway is away. */
final class BatchClient implements AutoCloseable {

    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int OK = 200;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Function<String, URI> gateway;

    BatchClient(Function<String, URI> gateway) {
        this.gateway = gateway;
    }

    /** Uploads {@code count} lines and starts a batch of them; its id. */
    String create(String endpoint, int count, IntFunction<String> line) throws InterruptedException {
        String lines = IntStream.range(0, count).mapToObj(line).collect(Collectors.joining("\n"));
        String boundary = "triptych-benchmark-boundary";
        String body = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--"
                + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"items.jsonl\"\r\n\r\n"
                + lines + "\r\n--" + boundary + "--\r\n";
        String file = json(send(HttpRequest.newBuilder(gateway.apply("/v1/files"))
                        .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                        .POST(BodyPublishers.ofString(body))))
                .path("id")
                .asString();
        ObjectNode request = WireJson.mapper()
                .createObjectNode()
                .put("input_file_id", file)
                .put("endpoint", endpoint)
                .put("completion_window", "24h");
        return json(send(HttpRequest.newBuilder(gateway.apply("/v1/batches"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(request.toString()))))
                .path("id")
                .asString();
    }

    JsonNode batch(String id) throws InterruptedException {
        return json(send(HttpRequest.newBuilder(gateway.apply("/v1/batches/" + id))));
    }

    /** A file's lines; none where there is no file. */
    Stream<JsonNode> lines(JsonNode fileId) throws InterruptedException {
        return fileId.isString()
                ? send(HttpRequest.newBuilder(gateway.apply("/v1/files/" + fileId.asString() + "/content")))
                        .lines()
                        .map(line -> WireJson.mapper().readTree(line))
                : Stream.of();
    }

    private static JsonNode json(String text) {
        return WireJson.mapper().readTree(text);
    }

    private String send(HttpRequest.Builder request) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            String trouble;
            try {
                HttpResponse<String> response =
                        http.send(request.timeout(REQUEST_LIMIT).build(), HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == OK) {
                    return response.body();
                }
                trouble = response.statusCode() + " " + response.body();
            } catch (IOException e) {
                trouble = e.toString();
            }
            if (System.nanoTime() > until) {
                throw new IllegalStateException("the gateway does not answer: " + trouble);
            }
            Thread.sleep(500);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
