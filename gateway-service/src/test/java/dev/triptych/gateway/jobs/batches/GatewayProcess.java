package dev.triptych.gateway.jobs.batches;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gateway.GatewayApplication;
import dev.triptych.gateway.support.MultipartForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A gateway that can be stopped and started again, and its client. */
final class GatewayProcess implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ConfigurableApplicationContext context;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String url;

    /** @param more configuration beside the gateway's own */
    GatewayProcess(List<String> settings, Class<?>... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--triptych.jobs.poll=20ms",
                "--triptych.jobs.events=100ms",
                "--triptych.jobs.instance-id=it",
                "--server.shutdown=immediate"));
        arguments.addAll(settings);
        context = new SpringApplicationBuilder(GatewayApplication.class)
                .sources(more)
                .initializers(GatewayProcess::keepSharedResources)
                .run(arguments.toArray(String[]::new));
        url = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
    }

    /** Other tests' servers in this process must outlive the gateway. */
    private static void keepSharedResources(ConfigurableApplicationContext context) {
        ReactorResourceFactory own = new ReactorResourceFactory();
        own.setUseGlobalResources(false);
        ((GenericApplicationContext) context).registerBean(ReactorResourceFactory.class, () -> own);
    }

    String upload(String content) {
        byte[] body = new MultipartForm()
                .field("purpose", "batch")
                .file("file", "requests.jsonl", content.getBytes(StandardCharsets.UTF_8))
                .bytes();
        HttpResponse<String> reply = send(HttpRequest.newBuilder(URI.create(url + "/v1/files"))
                .header("Content-Type", MultipartForm.CONTENT_TYPE)
                .POST(BodyPublishers.ofByteArray(body)));
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        return JSON.readTree(reply.body()).path("id").asString();
    }

    JsonNode create(String fileId, String endpoint, String window) {
        HttpResponse<String> reply = post(
                "/v1/batches",
                "{\"input_file_id\":\"%s\",\"endpoint\":\"%s\",\"completion_window\":\"%s\",\"metadata\":{\"a\":\"b\"}}"
                        .formatted(fileId, endpoint, window));
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        return JSON.readTree(reply.body());
    }

    JsonNode createTraced(String body, String traceParent) {
        HttpResponse<String> reply = send(HttpRequest.newBuilder(URI.create(url + "/v1/batches"))
                .header("Content-Type", "application/json")
                .header("traceparent", traceParent)
                .POST(BodyPublishers.ofString(body)));
        return JSON.readTree(reply.body());
    }

    JsonNode batch(String id) {
        return JSON.readTree(get("/v1/batches/" + id).body());
    }

    List<JsonNode> lines(JsonNode fileId) {
        String content = get("/v1/files/" + fileId.asString() + "/content").body();
        return content.lines().map(line -> (JsonNode) JSON.readTree(line)).toList();
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(URI.create(url + path)));
    }

    HttpResponse<String> delete(String path) {
        return send(HttpRequest.newBuilder(URI.create(url + path)).DELETE());
    }

    HttpResponse<String> post(String path, String json) {
        return send(HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)));
    }

    <T> T bean(Class<T> type) {
        return Objects.requireNonNull(context.getBean(type));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.close();
        context.close();
    }
}
