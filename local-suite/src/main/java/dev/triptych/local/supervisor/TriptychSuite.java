package dev.triptych.local.supervisor;

import dev.triptych.local.broker.BrokerProcess;
import dev.triptych.local.settings.SuiteFolders;
import dev.triptych.local.settings.SuiteSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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

    /** By service. */
    /**
     * Methods are called four times as often as by default before the optimizing compiler takes them up, as in the images:
     * beside a start it would have a third of the processor.
     */
    private static final List<String> LATE_OPTIMIZING = List.of(
            "-XX:Tier4InvocationThreshold=20000",
            "-XX:Tier4MinInvocationThreshold=5000",
            "-XX:Tier4CompileThreshold=40000");

    private static final Map<String, String> HEAPS = Map.of(TEXT, "1g", VISION, "1g", GATEWAY, "512m");

    /** Tiny models of each kind, which a start is practiced with. */
    private static final List<String> PRACTICE = List.of("bart-fused", "m2m_100", "bert", "vit");

    /** Where nobody listens. */
    private static final String NOBODY = "127.0.0.1:1";

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
                List.of(service(TEXT, settings.textPort()), service(VISION, settings.visionPort())),
                List.of(service(GATEWAY, settings.gatewayPort()))));
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

    private ServiceSpec service(String name, int port) {
        int managementPort = SuiteSettings.managementPort(port);
        List<String> command = java(heap(name));
        command.addAll(cache(name).arguments());
        return new ServiceSpec(
                name,
                List.of(port, managementPort),
                command,
                serviceEnvironment(),
                Readiness.http(URI.create("http://127.0.0.1:" + managementPort + "/actuator/health/readiness")),
                GRACE);
    }

    private StartupCache cache(String name) {
        return new StartupCache(
                folders.cache().resolve(name), folders.home().resolve(name + "/target/" + name + "-exec.jar"));
    }

    private static String heap(String name) {
        return HEAPS.getOrDefault(name, "512m");
    }

    /** What makes the startup caches that the plan's services lack. */
    StartupTraining training(SuitePlan plan, SuiteConsole console) throws IOException {
        Map<String, String> alone = Map.of(
                "TRIPTYCH_MODELS",
                practiceModels().toString(),
                "TRIPTYCH_KAFKA_BOOTSTRAP_SERVERS",
                NOBODY,
                "TRIPTYCH_TEXT_URL",
                "http://" + NOBODY,
                "TRIPTYCH_VISION_URL",
                "http://" + NOBODY,
                "TRIPTYCH_GRPC_PORT",
                "0",
                "TRIPTYCH_OTLP_ENDPOINT",
                "",
                "TRIPTYCH_JOBS_STORE_FOLDER",
                folders.cache().resolve("jobs").toString());
        List<StartupTraining.Trainee> trainees = plan.services().stream()
                .map(ServiceSpec::name)
                .filter(HEAPS::containsKey)
                .map(name ->
                        new StartupTraining.Trainee(name, java(heap(name)), cache(name), alone, !name.equals(GATEWAY)))
                .toList();
        return new StartupTraining(trainees, folders.log().resolve("startup-training.log"), console);
    }

    private Path practiceModels() throws IOException {
        Path models = folders.cache().resolve("models");
        Files.createDirectories(models);
        for (String name : PRACTICE) {
            Path fixture = folders.home()
                    .resolve("testkit/src/main/resources/fixtures")
                    .resolve(name);
            Path link = models.resolve(name);
            if (Files.isDirectory(fixture) && !Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(link, fixture);
            }
        }
        return models;
    }

    private static List<String> java(String heap) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(LATE_OPTIMIZING);
        return command;
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
