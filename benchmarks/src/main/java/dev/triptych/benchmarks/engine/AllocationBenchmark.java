package dev.triptych.benchmarks.engine;

import dev.triptych.benchmarks.Throughput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the engine's thread allocates: bytes of a step by its own count, and of what classes by the flight recorder. */
@Command(
        name = "allocations",
        description = "Measures what the engine's loop allocates.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class AllocationBenchmark implements Callable<Integer> {

    private static final int SHOWN = 12;

    @Mixin
    private EngineWithText settings = new EngineWithText();

    @Option(names = "--clients", split = ",", description = "numbers of clients (default: ${DEFAULT-VALUE})")
    private List<Integer> clients = List.of(1, 32);

    @Option(names = "--seconds", description = "length of each measurement (default: ${DEFAULT-VALUE})")
    private double seconds = 4;

    @Override
    public Integer call() throws Exception {
        Duration turn = Duration.ofNanos((long) (seconds * 1e9));
        try (EngineUnderLoad engine = settings.engine(List.of())) {
            engine.warmUp();
            for (int count : clients) {
                measure(engine, count, turn);
            }
        }
        return 0;
    }

    private static void measure(EngineUnderLoad engine, int count, Duration turn) throws Exception {
        Path file = Files.createTempFile("triptych-allocations", ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.ObjectAllocationSample").with("throttle", "10000/s");
            recording.start();
            Throughput throughput = engine.run(count, turn);
            recording.stop();
            recording.dump(file);
            System.out.printf(
                    Locale.ROOT,
                    "%2d clients: %.1f rows a step, %d bytes a step in which nobody joins or leaves, %.0f tokens/s%n",
                    count,
                    engine.meter().meanRows(),
                    engine.meter().medianStepBytes(),
                    throughput.tokensPerSecond());
            print(byClass(file));
        } finally {
            Files.delete(file);
        }
    }

    /** Sampled bytes of each class, of the engines' threads. */
    private static Map<String, Long> byClass(Path file) throws IOException {
        Map<String, Long> bytes = new TreeMap<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
            RecordedThread thread = event.getThread("eventThread");
            if (thread != null
                    && thread.getJavaName() != null
                    && thread.getJavaName().startsWith("engine-")) {
                bytes.merge(event.getClass("objectClass").getName(), event.getLong("weight"), Long::sum);
            }
        }
        return bytes;
    }

    private static void print(Map<String, Long> bytes) {
        double all = bytes.values().stream().mapToLong(Long::longValue).sum();
        bytes.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(SHOWN)
                .forEach(entry -> System.out.printf(
                        Locale.ROOT, "    %4.1f %% %s%n", 100 * entry.getValue() / all, entry.getKey()));
    }
}
