package dev.triptych.engine;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The cores that this process may use. ONNX Runtime's own count knows nothing of a container's share of the processor, and
 * whoever leaves the number to it gets threads that are tied to a core each, whoever else runs there.
 */
final class ProcessorCores {

    private static final Path LINUX = Path.of("/sys/devices/system/cpu");

    private ProcessorCores() {}

    /** As many as the machine has, but no more than this process's share. */
    static int usable() {
        return usable(LINUX, Runtime.getRuntime().availableProcessors());
    }

    /**
     * @param machine where Linux describes the processors; threads of one core name the same siblings
     * @param share processors that this process may use, hardware threads counted one by one
     */
    static int usable(Path machine, int share) {
        Set<String> cores = new HashSet<>();
        try (DirectoryStream<Path> processors = Files.newDirectoryStream(machine, "cpu[0-9]*")) {
            for (Path processor : processors) {
                Path siblings = processor.resolve("topology/thread_siblings_list");
                if (Files.isReadable(siblings)) {
                    cores.add(Files.readString(siblings).strip());
                }
            }
        } catch (IOException e) {
            return share;
        }
        return cores.isEmpty() ? share : Math.min(cores.size(), share);
    }
}
