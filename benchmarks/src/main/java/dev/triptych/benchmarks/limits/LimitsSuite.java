package dev.triptych.benchmarks.limits;

import dev.triptych.benchmarks.jobs.Postgresql;
import dev.triptych.benchmarks.suite.ProcessGroup;
import dev.triptych.benchmarks.suite.SuiteProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Two gateways over one PostgreSQL, and a text-service behind them. Needs the jars that {@code ./triptych up} builds. */
final class LimitsSuite implements AutoCloseable {

    private static final String OPERATOR = "tk_of-a-benchmark-and-of-nobody-else";

    private static final int CREATED = 201;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> SERVICES = List.of("text-service", "gateway-service");
    private static final String MODEL = "triptych-en-de";
    private static final int MANAGEMENT = 1000;
    private static final int SECOND = 10;
    private static final int POSTGRESQL = 95;

    private final Path home;
    private final Path folder;
    private final int port;
    private final ProcessGroup processes;

    /**
     * @param home   the repository
     * @param folder for logs
     * @param port   the first gateway's; the second's is 10 above, text-service's one, PostgreSQL's 95
     */
    LimitsSuite(Path home, Path folder, int port) throws IOException, InterruptedException {
        this.home = home.toAbsolutePath().normalize();
        this.folder = folder.toAbsolutePath();
        this.port = port;
        Files.createSymbolicLink(
                Files.createDirectories(this.folder.resolve("models")).resolve(MODEL),
                this.home.resolve("models").resolve(MODEL));
        List<SuiteProcess> all = new ArrayList<>();
        all.add(Postgresql.prepare(this.folder, port + POSTGRESQL));
        all.add(service(
                "text-service",
                port + 1,
                Map.of(
                        "TRIPTYCH_MODELS",
                        this.folder.resolve("models").toString(),
                        "TRIPTYCH_KAFKA_ENABLED",
                        "false")));
        for (int copy = 0; copy < 2; copy++) {
            all.add(service("gateway-service", port + copy * SECOND, gateway()));
        }
        processes = new ProcessGroup(all);
    }

    /** Whether the jars are there. */
    static boolean isBuilt(Path home) {
        return ProcessGroup.areBuilt(home, SERVICES);
    }

    List<URI> gateways() {
        return List.of(URI.create("http://127.0.0.1:" + port), URI.create("http://127.0.0.1:" + (port + SECOND)));
    }

    /** Processor time that the gateways have taken. */
    Duration processorTime() {
        return processes.all().stream()
                .filter(process -> process.name().startsWith("gateway"))
                .map(SuiteProcess::processorTime)
                .reduce(Duration.ZERO, Duration::plus);
    }

    void start() throws IOException, InterruptedException {
        for (SuiteProcess process : processes.all()) {
            process.start();
            // Each with the processor for itself, and none before what it needs.
            processes.awaitReady(process);
        }
    }

    /** Makes a key that may ask for texts. */
    String key(String name, int requestsPerMinute) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(gateways().getFirst().resolve("/v1/keys"))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + OPERATOR)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"name\":\"%s\",\"scopes\":[\"text\"],\"requests_per_minute\":%d}"
                                .formatted(name, requestsPerMinute)))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> made = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (made.statusCode() != CREATED) {
                throw new IllegalStateException("no key: HTTP " + made.statusCode() + " " + made.body());
            }
            return JsonMapper.builder()
                    .build()
                    .readTree(made.body())
                    .path("key")
                    .asString();
        }
    }

    private Map<String, String> gateway() {
        String text = "http://127.0.0.1:" + (port + 1);
        Map<String, String> environment = new HashMap<>(Postgresql.settings(port + POSTGRESQL));
        environment.put("TRIPTYCH_TEXT_URL", text);
        // Nobody asks for pictures here; a gateway is ready once both services are.
        environment.put("TRIPTYCH_VISION_URL", text);
        environment.put("TRIPTYCH_JOBS_ENABLED", "false");
        environment.put("TRIPTYCH_ACCESS_ADMIN_KEY_HASH", sha256(OPERATOR));
        return environment;
    }

    private SuiteProcess service(String module, int servicePort, Map<String, String> environment) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                ProcessGroup.jar(home, module).toString(),
                "--server.port=" + servicePort);
        URI readiness = URI.create("http://127.0.0.1:" + (servicePort + MANAGEMENT) + "/actuator/health/readiness");
        return new SuiteProcess(module + "-" + servicePort, command, environment, folder, readiness);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public void close() {
        processes.close();
    }
}
