package dev.triptych.local.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** All services and the broker as {@code ./triptych up} runs them, from the built jars, with a {@code var/} of its own. */
final class RunningSuite implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final List<String> SERVICES = List.of("text-service", "vision-service", "gateway-service");

    /** Each service also takes the port 1000 above its own; these are far from the defaults and from each other. */
    private static final int FIRST_PORT = 23_400;

    private final Path home;
    private final Process process;

    private RunningSuite(Path home, Process process) {
        this.home = home;
        this.process = process;
    }

    static boolean isBuilt() {
        return SERVICES.stream()
                .allMatch(name -> Files.exists(repository().resolve(name + "/target/" + name + "-exec.jar")));
    }

    /** Returns once the gateway says that all services are ready. */
    static RunningSuite start(Path home) throws IOException {
        for (String name : List.of("text-service", "vision-service", "gateway-service", "local-suite", "models")) {
            Files.createSymbolicLink(home.resolve(name), repository().resolve(name));
        }
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Dtriptych.home=" + home,
                        "-jar",
                        repository()
                                .resolve("local-suite/target/local-suite.jar")
                                .toString(),
                        "up")
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("suite.log").toFile());
        builder.environment()
                .putAll(Map.of(
                        "TRIPTYCH_GATEWAY_PORT", String.valueOf(FIRST_PORT),
                        "TRIPTYCH_TEXT_PORT", String.valueOf(FIRST_PORT + 1),
                        "TRIPTYCH_VISION_PORT", String.valueOf(FIRST_PORT + 2),
                        "TRIPTYCH_KAFKA_PORT", String.valueOf(FIRST_PORT + 100),
                        "TRIPTYCH_MODELS", repository().resolve("models").toString()));
        RunningSuite suite = new RunningSuite(home, builder.start());
        await().atMost(DEADLINE).pollInterval(Duration.ofSeconds(1)).until(suite::isReadyOrEnded);
        assertThat(suite.process.isAlive())
                .as("the suite has ended: %s", suite.log())
                .isTrue();
        return suite;
    }

    String url() {
        return "http://127.0.0.1:" + FIRST_PORT + "/";
    }

    static Path repository() {
        return Path.of("").toAbsolutePath().getParent();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }

    private boolean isReadyOrEnded() throws InterruptedException {
        if (!process.isAlive()) {
            return true;
        }
        URI readiness = URI.create("http://127.0.0.1:" + (FIRST_PORT + 1000) + "/actuator/health/readiness");
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(readiness)
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private String log() {
        try {
            return Files.readString(home.resolve("suite.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
