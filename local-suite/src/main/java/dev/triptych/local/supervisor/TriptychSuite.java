package dev.triptych.local.supervisor;

import dev.triptych.local.broker.BrokerProcess;
import dev.triptych.local.settings.SuiteFolders;
import dev.triptych.local.settings.SuiteSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The processes of a Triptych suite: the broker, the services that need it, and the gateway that needs those. */
public final class TriptychSuite {

    public static final String KAFKA = "kafka";
    public static final String TEXT = "text-service";
    public static final String VISION = "vision-service";
    public static final String GATEWAY = "gateway-service";

    /** Longer than the services' own bound on draining (30 s). */
    static final Duration GRACE = Duration.ofSeconds(45);

    private final SuiteSettings settings;
    private final SuiteFolders folders;

    public TriptychSuite(SuiteSettings settings, SuiteFolders folders) {
        this.settings = settings;
        this.folders = folders;
    }

    public SuitePlan plan() {
        return new SuitePlan(List.of(
                List.of(broker()),
                List.of(service(TEXT, settings.textPort(), "1g"), service(VISION, settings.visionPort(), "1g")),
                List.of(service(GATEWAY, settings.gatewayPort(), "512m"))));
    }

    private ServiceSpec broker() {
        List<String> command = java("512m");
        // Kafka unmaps its index files through sun.misc.Unsafe, which Java 25 warns about.
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-XX:+UseSerialGC");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), BrokerProcess.class.getName()));
        command.add(Integer.toString(settings.kafkaPort()));
        command.add(Integer.toString(settings.controllerPort()));
        command.add(folders.kafka().toString());
        return new ServiceSpec(
                KAFKA,
                List.of(settings.kafkaPort(), settings.controllerPort()),
                command,
                Map.of(),
                Readiness.broker(settings.bootstrapServers()),
                GRACE);
    }

    private ServiceSpec service(String name, int port, String heap) {
        Path jar = folders.home().resolve(name + "/target/" + name + "-exec.jar");
        int managementPort = SuiteSettings.managementPort(port);
        List<String> command = java(heap);
        command.addAll(List.of("-jar", jar.toString()));
        return new ServiceSpec(
                name,
                List.of(port, managementPort),
                command,
                serviceEnvironment(),
                Readiness.http(URI.create("http://127.0.0.1:" + managementPort + "/actuator/health/readiness")),
                GRACE);
    }

    private static List<String> java(String heap) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED"));
    }

    /** The defaults written out, so that every service sees the ports that were checked here. */
    private Map<String, String> serviceEnvironment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("TRIPTYCH_GATEWAY_PORT", Integer.toString(settings.gatewayPort()));
        environment.put("TRIPTYCH_TEXT_PORT", Integer.toString(settings.textPort()));
        environment.put("TRIPTYCH_VISION_PORT", Integer.toString(settings.visionPort()));
        environment.put("TRIPTYCH_KAFKA_PORT", Integer.toString(settings.kafkaPort()));
        // The suite's own broker, whatever other one the user's shell points at.
        environment.put("TRIPTYCH_KAFKA_BOOTSTRAP_SERVERS", settings.bootstrapServers());
        if (System.getenv("TRIPTYCH_DRAIN_DELAY") == null) {
            // Each service runs once: there is no other for whom requests would have to be given time.
            environment.put("TRIPTYCH_DRAIN_DELAY", "0s");
        }
        String models = System.getenv("TRIPTYCH_MODELS");
        if (models != null && !models.isBlank()) {
            // The services run in the repository's root, wherever the user stands.
            environment.put("TRIPTYCH_MODELS", Path.of(models).toAbsolutePath().toString());
        }
        return environment;
    }
}
