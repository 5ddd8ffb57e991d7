package dev.triptych.benchmarks.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One process of a suite, which can be stopped, killed, frozen and started again. Used by one thread. */
public final class SuiteProcess {

    private static final Duration SIGNAL_LIMIT = Duration.ofSeconds(10);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final int PROBE_MILLIS = 1000;
    private static final int LAST_LINES = 60;

    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path folder;
    private final @Nullable URI readiness;
    private @Nullable Process process;

    /**
     * @param folder where it runs and logs
     * @param readiness answers 200 once it can take work; {@code null}: not asked
     */
    public SuiteProcess(
            String name, List<String> command, Map<String, String> environment, Path folder, @Nullable URI readiness) {
        this.name = name;
        this.command = command;
        this.environment = environment;
        this.folder = folder;
        this.readiness = readiness;
    }

    public String name() {
        return name;
    }

    public void start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().putAll(environment);
        process = builder.start();
    }

    /** The end of its log. */
    String lastLines() {
        try (Stream<String> lines = Files.lines(log(), StandardCharsets.ISO_8859_1)) {
            Deque<String> last = new ArrayDeque<>();
            lines.forEach(line -> {
                last.add(line);
                if (last.size() > LAST_LINES) {
                    last.remove();
                }
            });
            return String.join("\n", last);
        } catch (IOException | UncheckedIOException e) {
            return "no log: " + e;
        }
    }

    private Path log() {
        return folder.resolve(name + ".log");
    }

    /** SIGKILL; returns once it is gone. */
    public void kill() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().waitFor();
            process = null;
        }
    }

    /** SIGINT, which servers take as the wish to end soon; returns once it is gone. */
    public void stop() throws IOException, InterruptedException {
        signal("INT");
        Process running = process;
        if (running != null && !running.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException(name + " did not end within " + STOP_LIMIT.toSeconds() + " s");
        }
        process = null;
    }

    /**
     * SIGTERM; returns once it is gone.
     *
     * @return whether it ended in time by itself
     */
    public boolean terminate(Duration limit) throws InterruptedException {
        Process running = process;
        if (running == null) {
            return true;
        }
        running.destroy();
        if (running.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            process = null;
            return true;
        }
        kill();
        return false;
    }

    /** SIGSTOP. */
    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    public void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException(name + " does not run");
        }
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(running.pid())).start();
        if (!kill.waitFor(SIGNAL_LIMIT.toSeconds(), TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new IOException("kill -" + signal + " of " + name + " failed");
        }
    }

    /** Processor time since it started; 0 where it does not run or the platform does not tell. */
    public Duration processorTime() {
        Process running = process;
        return running == null
                ? Duration.ZERO
                : running.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /**
     * Whether it can take work.
     *
     * @throws IllegalStateException if it has ended and nobody asked it to
     */
    public boolean isReady() {
        Process running = process;
        if (running == null) {
            return false;
        }
        if (!running.isAlive()) {
            throw new IllegalStateException(name + " ended by itself with exit code " + running.exitValue()
                    + "; the end of its log:\n" + lastLines());
        }
        if (readiness == null) {
            return true;
        }
        try {
            HttpURLConnection connection = (HttpURLConnection) readiness.toURL().openConnection();
            connection.setConnectTimeout(PROBE_MILLIS);
            connection.setReadTimeout(PROBE_MILLIS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }
}
