package dev.triptych.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The suite in containers: what a person does with docker-compose and curl. */
final class Suite {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration COMMAND_LIMIT = Duration.ofMinutes(10);
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(60);
    private static final String PORT = System.getProperty("triptych.compose.port", "18400");
    private static final String KAFKA_PORT = System.getProperty("triptych.compose.kafka-port", "18492");

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(REQUEST_LIMIT)
            .build();
    private final ObjectMapper json = new ObjectMapper();

    /** Runs docker-compose for a project of its own, with local images where there are some. */
    String compose(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("docker-compose", "--project-name", "triptych-trial"));
        if (run(List.of("docker", "images", "--quiet", "triptych-local/kafka")).isBlank()) {
            command.addAll(List.of("--env-file", "/dev/null"));
        } else {
            command.addAll(List.of("--env-file", ".ci/local-images.env"));
        }
        command.addAll(List.of(arguments));
        return run(command);
    }

    /** The ids of a service's containers that run. */
    List<String> containers(String service) throws IOException, InterruptedException {
        return compose("ps", "-q", service)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    String run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true);
        builder.environment().put("TRIPTYCH_GATEWAY_PORT", PORT);
        builder.environment().put("TRIPTYCH_KAFKA_PORT", KAFKA_PORT);
        builder.environment().put("DOCKER_BUILDKIT", "0");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(COMMAND_LIMIT.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed:\n" + output);
        }
        return output;
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    JsonNode getJson(String path) throws IOException, InterruptedException {
        return json.readTree(get(path).body());
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    JsonNode postJson(String path, String body) throws IOException, InterruptedException {
        return json.readTree(post(path, body).body());
    }

    /** Uploads the lines of a batch; the answer's id. */
    String upload(String lines) throws IOException, InterruptedException {
        String body = "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
                + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"lines.jsonl\"\r\n\r\n" + lines
                + "\r\n--b--\r\n";
        HttpResponse<String> answer = send(request("/v1/files")
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        return json.readTree(answer.body()).path("id").asText();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + path))
                .timeout(REQUEST_LIMIT);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
