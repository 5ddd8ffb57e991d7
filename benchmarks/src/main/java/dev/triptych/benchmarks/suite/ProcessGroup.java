package dev.triptych.benchmarks.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Processes that are started together, and killed with this one if it ends early. Used by one thread. */
public final class ProcessGroup implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(4);

    private final List<SuiteProcess> processes;
    private final Thread onExit = new Thread(this::killAll);

    /** @param processes in the order in which they start */
    public ProcessGroup(List<SuiteProcess> processes) {
        this.processes = List.copyOf(processes);
        Runtime.getRuntime().addShutdownHook(onExit);
    }

    /** The command of a service's jar, as far as all services have it. */
    public static List<String> java(String heap) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                // Processes that live for seconds: compiling well does not pay.
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED"));
    }

    /** A service's jar under the repository {@code home}. */
    public static Path jar(Path home, String service) {
        return home.resolve(service + "/target/" + service + "-exec.jar");
    }

    /** Whether the jars of these services are there. */
    public static boolean areBuilt(Path home, List<String> services) {
        return services.stream().allMatch(service -> Files.exists(jar(home, service)));
    }

    public List<SuiteProcess> all() {
        return processes;
    }

    public SuiteProcess named(String name) {
        return processes.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    public void start() throws IOException, InterruptedException {
        for (SuiteProcess process : processes) {
            process.start();
        }
        awaitReady();
    }

    /** @throws IllegalStateException if one has ended by itself, or is not ready in time */
    public void awaitReady() throws InterruptedException {
        for (SuiteProcess process : processes) {
            awaitReady(process);
        }
    }

    /** @throws IllegalStateException if it has ended by itself, or is not ready in time */
    public void awaitReady(SuiteProcess process) throws InterruptedException {
        long until = System.nanoTime() + START_LIMIT.toNanos();
        while (!process.isReady()) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException(process.name() + " is not ready after " + START_LIMIT.toSeconds()
                        + " s; the end of its log:\n" + process.lastLines());
            }
            Thread.sleep(100);
        }
    }

    /** The ends of all logs. */
    public String lastLines() {
        return processes.stream()
                .map(process -> process.name() + ":\n" + process.lastLines())
                .collect(Collectors.joining("\n"));
    }

    private void killAll() {
        for (SuiteProcess process : processes) {
            try {
                process.kill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        killAll();
        Runtime.getRuntime().removeShutdownHook(onExit);
    }
}
