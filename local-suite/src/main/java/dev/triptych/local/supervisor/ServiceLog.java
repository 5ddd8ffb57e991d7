package dev.triptych.local.supervisor;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** {@code var/log/NAME.log}: written by the process itself, so it goes on without the supervisor. */
public final class ServiceLog {

    /** Enough for a stack trace or two; keeps reading the end of a long log cheap. */
    private static final int TAIL_BYTES = 256 << 10;

    private final Path file;

    public ServiceLog(Path folder, String name) {
        this.file = folder.resolve(name + ".log");
    }

    public Path file() {
        return file;
    }

    /** Begins a new file; the one before stays beside it as {@code NAME.log.1}. */
    void rotate() throws IOException {
        Files.createDirectories(file.getParent());
        if (Files.exists(file)) {
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.createFile(file);
    }

    /** The last lines, at most {@code count}; none where there is no log. */
    public List<String> tail(int count) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(0, log.length() - TAIL_BYTES);
            byte[] bytes = new byte[Math.toIntExact(log.length() - from)];
            log.seek(from);
            log.readFully(bytes);
            List<String> lines =
                    new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return lines.subList(Math.max(0, lines.size() - count), lines.size());
        }
    }
}
