package dev.triptych.local.supervisor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints what is appended to several logs, each line with its log's name. Whole lines only: the rest of a line is kept
 * until its end is written. Owned by the thread that calls {@link #follow} or {@link #poll}.
 */
public final class LogFollower {

    private static final long INTERVAL_MILLIS = 200;
    private static final int READ_BYTES = 64 << 10;

    private final SuiteConsole console;
    private final List<Followed> logs = new ArrayList<>();

    private final boolean prefixed;

    /** Starts at the present end of each log. */
    public LogFollower(SuiteConsole console, List<String> names, Path folder) throws IOException {
        this.console = console;
        this.prefixed = true;
        for (String name : names) {
            Path file = new ServiceLog(folder, name).file();
            logs.add(new Followed(name, file, Files.exists(file) ? Files.size(file) : 0));
        }
    }

    private LogFollower(SuiteConsole console, ServiceLog log) {
        this.console = console;
        this.prefixed = false;
        logs.add(new Followed("", log.file(), 0));
    }

    /** Prints the lines of one log as they are, from its beginning. */
    static LogFollower plain(SuiteConsole console, ServiceLog log) {
        return new LogFollower(console, log);
    }

    /** Follows until the thread is interrupted. */
    public void follow() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                poll();
                Thread.sleep(INTERVAL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            console.say("the logs can no longer be followed: " + e);
        }
    }

    /** Prints the lines that were completed since the last call. */
    void poll() throws IOException {
        for (int i = 0; i < logs.size(); i++) {
            Followed log = logs.get(i);
            for (String line : log.newLines()) {
                if (prefixed) {
                    console.print(log.name, i, line);
                } else {
                    console.sayPlain(List.of(line));
                }
            }
        }
    }

    private static final class Followed {

        private final String name;
        private final Path file;
        private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
        private long position;

        private Followed(String name, Path file, long position) {
            this.name = name;
            this.file = file;
            this.position = position;
        }

        private List<String> newLines() throws IOException {
            List<String> lines = new ArrayList<>();
            if (!Files.exists(file)) {
                return lines;
            }
            try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
                if (log.length() < position) {
                    // The log was begun anew.
                    position = 0;
                    partial.reset();
                }
                log.seek(position);
                byte[] buffer = new byte[READ_BYTES];
                int read = log.read(buffer);
                while (read > 0) {
                    position += read;
                    append(buffer, read, lines);
                    read = log.read(buffer);
                }
            }
            return lines;
        }

        private void append(byte[] buffer, int count, List<String> lines) {
            for (int i = 0; i < count; i++) {
                if (buffer[i] == '\n') {
                    lines.add(partial.toString(StandardCharsets.UTF_8).stripTrailing());
                    partial.reset();
                } else {
                    partial.write(buffer[i]);
                }
            }
        }
    }
}
