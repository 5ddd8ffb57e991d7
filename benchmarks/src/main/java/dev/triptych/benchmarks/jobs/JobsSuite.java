package dev.triptych.benchmarks.jobs;

import dev.triptych.benchmarks.suite.ProcessGroup;
import dev.triptych.benchmarks.suite.SuiteProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A suite of processes of its own: broker, two replicas of text-service, vision-service and gateway, on own ports and with
 * an own folder of data. Needs the jars that {@code ./triptych up} builds.
 */
final class JobsSuite implements AutoCloseable {

    private static final int MANAGEMENT = 1000;
    private static final int KAFKA = 92;
    private static final int POSTGRESQL = 95;

    private final Path home;
    private final Path folder;
    private final int port;
    private final Map<String, String> settings;
    private final ProcessGroup processes;

    /**
     * @param home the repository
     * @param port the gateway's, which takes the third above for gRPC; the services have the first, second and fourth, Kafka the two from 92 above
     */
    JobsSuite(Path home, Path folder, int port) throws IOException {
        this(home, folder, port, Map.of());
    }

    /** @param settings environment of every service, in the place of what they would get */
    JobsSuite(Path home, Path folder, int port, Map<String, String> settings) throws IOException {
        this(home, folder, port, List.of(), settings);
    }

    /** With its job store in a PostgreSQL, which has the port 95 above the gateway's. */
    static JobsSuite withPostgresql(Path home, Path folder, int port) throws IOException, InterruptedException {
        return new JobsSuite(
                home,
                folder,
                port,
                List.of(Postgresql.prepare(folder.toAbsolutePath(), port + POSTGRESQL)),
                Postgresql.settings(port + POSTGRESQL));
    }

    private JobsSuite(Path home, Path folder, int port, List<SuiteProcess> before, Map<String, String> settings)
            throws IOException {
        this.settings = settings;
        this.home = home.toAbsolutePath().normalize();
        this.folder = folder.toAbsolutePath();
        this.port = port;
        Files.createDirectories(this.folder);
        List<SuiteProcess> all = new ArrayList<>(before);
        all.add(broker());
        all.add(service("text-service", "text-a", port + 1));
        all.add(service("text-service", "text-b", port + 4));
        all.add(service("vision-service", "vision", port + 2));
        all.add(service("gateway-service", "gateway", port));
        processes = new ProcessGroup(all);
    }

    /** Whether the jars are there. */
    static boolean isBuilt(Path home) {
        return ProcessGroup.areBuilt(home, List.of("text-service", "vision-service", "gateway-service"))
                && Files.exists(home.resolve("local-suite/target/lib"))
                && Files.exists(home.resolve("local-suite/target/local-suite.jar"));
    }

    String bootstrapServers() {
        return "127.0.0.1:" + (port + KAFKA);
    }

    URI gateway(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    ProcessGroup processes() {
        return processes;
    }

    private SuiteProcess broker() {
        List<String> command = ProcessGroup.java("512m");
        command.addAll(List.of(
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-cp",
                home.resolve("local-suite/target/local-suite.jar").toString(),
                "dev.triptych.local.broker.BrokerProcess",
                Integer.toString(port + KAFKA),
                Integer.toString(port + KAFKA + 1),
                folder.resolve("kafka").toString()));
        return new SuiteProcess("kafka", command, Map.of(), folder, null);
    }

    private SuiteProcess service(String module, String name, int servicePort) {
        List<String> command = ProcessGroup.java("768m");
        command.addAll(List.of("-jar", ProcessGroup.jar(home, module).toString(), "--server.port=" + servicePort));
        Map<String, String> environment = new HashMap<>();
        environment.put("TRIPTYCH_MODELS", home.resolve("models").toString());
        environment.put("TRIPTYCH_GATEWAY_PORT", Integer.toString(port));
        environment.put("TRIPTYCH_TEXT_PORT", Integer.toString(port + 1));
        environment.put("TRIPTYCH_VISION_PORT", Integer.toString(port + 2));
        environment.put("TRIPTYCH_KAFKA_BOOTSTRAP_SERVERS", bootstrapServers());
        environment.put("TRIPTYCH_INSTANCE_ID", name);
        environment.put("TRIPTYCH_DEVICE", "cpu");
        environment.putAll(settings);
        URI readiness = URI.create("http://127.0.0.1:" + (servicePort + MANAGEMENT) + "/actuator/health/readiness");
        return new SuiteProcess(name, command, environment, folder, readiness);
    }

    @Override
    public void close() {
        processes.close();
    }
}
