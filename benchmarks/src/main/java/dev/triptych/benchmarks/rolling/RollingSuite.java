package dev.triptych.benchmarks.rolling;

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
 * Two of each service, without jobs and without a broker, over two small models. Needs the jars that
 * {@code ./triptych up} builds.
 */
final class RollingSuite implements AutoCloseable {

    private static final int MANAGEMENT = 1000;

    /** Between a service's first process and its second. */
    private static final int SECOND = 10;

    private static final List<String> SERVICES = List.of("text-service", "vision-service", "gateway-service");
    private static final List<String> MODELS = List.of("triptych-en-de", "triptych-flags");

    private final Path home;
    private final Path folder;
    private final int port;
    private final ProcessGroup processes;

    /**
     * @param home   the repository
     * @param folder for logs and data
     * @param port   the first gateway's, whose services have the two above; the others' are 10 above theirs
     */
    RollingSuite(Path home, Path folder, int port) throws IOException {
        this.home = home.toAbsolutePath().normalize();
        this.folder = folder.toAbsolutePath();
        this.port = port;
        Path models = Files.createDirectories(this.folder.resolve("models"));
        for (String model : MODELS) {
            Files.createSymbolicLink(models.resolve(model), this.home.resolve("models/" + model));
        }
        List<SuiteProcess> all = new ArrayList<>();
        for (int copy = 0; copy < 2; copy++) {
            all.add(service("text-service", copy, textPort(copy)));
            all.add(service("vision-service", copy, visionPort(copy)));
            all.add(service("gateway-service", copy, gatewayPort(copy)));
        }
        processes = new ProcessGroup(all);
    }

    /** Whether the jars are there. */
    static boolean isBuilt(Path home) {
        return ProcessGroup.areBuilt(home, SERVICES);
    }

    ProcessGroup processes() {
        return processes;
    }

    List<URI> gateways() {
        return List.of(
                URI.create("http://127.0.0.1:" + gatewayPort(0)), URI.create("http://127.0.0.1:" + gatewayPort(1)));
    }

    static URI readiness(URI service) {
        return URI.create("http://127.0.0.1:" + (service.getPort() + MANAGEMENT) + "/actuator/health/readiness");
    }

    private int gatewayPort(int copy) {
        return port + copy * SECOND;
    }

    private int textPort(int copy) {
        return port + 1 + copy * SECOND;
    }

    private int visionPort(int copy) {
        return port + 2 + copy * SECOND;
    }

    private SuiteProcess service(String module, int copy, int servicePort) {
        String name = module + (copy == 0 ? "-a" : "-b");
        List<String> command = ProcessGroup.java("768m");
        command.addAll(List.of("-jar", ProcessGroup.jar(home, module).toString(), "--server.port=" + servicePort));
        Map<String, String> environment = new HashMap<>();
        environment.put("TRIPTYCH_MODELS", folder.resolve("models").toString());
        environment.put("TRIPTYCH_DEVICE", "cpu");
        environment.put("TRIPTYCH_DRAIN_DELAY", "2s");
        if (module.equals("gateway-service")) {
            environment.put("TRIPTYCH_TEXT_URL", both(textPort(0), textPort(1)));
            environment.put("TRIPTYCH_VISION_URL", both(visionPort(0), visionPort(1)));
            environment.put("TRIPTYCH_JOBS_ENABLED", "false");
            environment.put("TRIPTYCH_JOBS_STORE_FOLDER", folder.resolve(name).toString());
        } else {
            environment.put("TRIPTYCH_KAFKA_ENABLED", "false");
        }
        return new SuiteProcess(
                name, command, environment, folder, readiness(URI.create("http://127.0.0.1:" + servicePort)));
    }

    private static String both(int first, int second) {
        return "http://127.0.0.1:" + first + ",http://127.0.0.1:" + second;
    }

    @Override
    public void close() {
        processes.close();
    }
}
