package dev.triptych.local.supervisor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * {@code var/run/NAME.pid}: the number of a process, and by the file's time the promise that the process is older than
 * the file. A process that was given the same number later is younger, so it is never taken for ours.
 */
final class PidFile {

    /** File systems and process tables round their times. */
    private static final long ROUNDING_MILLIS = 1500;

    private final Path file;

    PidFile(Path folder, String name) {
        this.file = folder.resolve(name + ".pid");
    }

    void write(long pid) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, pid + "\n");
    }

    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean exists() {
        return Files.exists(file);
    }

    /** The process, if it still runs. */
    Optional<ProcessHandle> process() {
        try {
            long pid = Long.parseLong(Files.readString(file).strip());
            Instant written = Files.getLastModifiedTime(file).toInstant();
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> isOlder(process, written.plusMillis(ROUNDING_MILLIS)));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static boolean isOlder(ProcessHandle process, Instant instant) {
        return process.info()
                .startInstant()
                .map(start -> !start.isAfter(instant))
                .orElse(true);
    }
}
