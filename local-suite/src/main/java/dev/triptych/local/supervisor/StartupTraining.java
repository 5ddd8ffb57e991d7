package dev.triptych.local.supervisor;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes the startup caches that services lack, in the background and behind everything else: starts each once more by
 * itself, over tiny models and without Kafka, and stops it. Closing gives up what has not been made.
 */
final class StartupTraining implements AutoCloseable {

    /** For a start, and for the end of a process that writes its cache. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** How long a service lives that waits for others and so never gets ready. */
    private static final Duration ALIVE = Duration.ofSeconds(10);

    private static final long POLL_MILLIS = 250;

    private final List<Trainee> trainees;
    private final Path log;
    private final SuiteConsole console;
    private @Nullable Process process;
    private boolean closed;

    /**
     * One service.
     *
     * @param java the JVM and its options, as the suite runs it
     * @param settings its environment
     * @param becomesReady whether it does by itself
     */
    record Trainee(
            String name, List<String> java, StartupCache cache, Map<String, String> settings, boolean becomesReady) {}

    /** @param log where the trainees log */
    StartupTraining(List<Trainee> trainees, Path log, SuiteConsole console) {
        this.trainees =
                trainees.stream().filter(trainee -> !trainee.cache().ready()).toList();
        this.log = log;
        this.console = console;
    }

    /** Begins, unless there is nothing to do. */
    void start() {
        if (!trainees.isEmpty()) {
            console.say("making startup caches in the background: the next start will be faster");
            Thread.ofPlatform().name("startup-training").daemon().start(this::run);
        }
    }

    private void run() {
        try {
            for (Trainee trainee : trainees) {
                if (!train(trainee)) {
                    return;
                }
            }
            console.say("startup caches are made");
        } catch (IOException e) {
            console.say("startup caches were not made: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns false where it was given up. */
    boolean train(Trainee trainee) throws IOException, InterruptedException {
        String java = trainee.java().getFirst();
        if (!begin(trainee.cache().unpacking(java), Map.of()) || !ended()) {
            return false;
        }
        int port = freePort();
        int management = freePort();
        List<String> command = new ArrayList<>(trainee.java());
        command.addAll(trainee.cache().training());
        command.addAll(List.of("--server.port=" + port, "--management.server.port=" + management));
        if (!begin(command, trainee.settings())) {
            return false;
        }
        awaitStart(trainee, management);
        stop();
        if (ended() && trainee.cache().keep()) {
            return true;
        }
        if (!isClosed()) {
            console.say("the startup cache of " + trainee.name() + " was not made; see " + log);
        }
        return false;
    }

    private void awaitStart(Trainee trainee, int management) throws InterruptedException {
        Readiness probe = Readiness.http(URI.create("http://127.0.0.1:" + management + "/actuator/health/"
                + (trainee.becomesReady() ? "readiness" : "liveness")));
        Instant until = Instant.now().plus(LIMIT);
        while (alive() && Instant.now().isBefore(until)) {
            if (probe.ready()) {
                Thread.sleep(trainee.becomesReady() ? 0 : ALIVE.toMillis());
                return;
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Returns false once this is closed. */
    private synchronized boolean begin(List<String> command, Map<String, String> settings) throws IOException {
        if (closed) {
            return false;
        }
        List<String> polite = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/nice"))) {
            polite.addAll(List.of("/usr/bin/nice", "-n", "19"));
        }
        polite.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(polite)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(settings);
        process = builder.start();
        return true;
    }

    /** Waits for the end. Returns whether it came by itself and in time. */
    private boolean ended() throws InterruptedException {
        Process ending;
        synchronized (this) {
            ending = process;
        }
        if (ending == null || ending.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            return !isClosed();
        }
        ending.destroyForcibly();
        return false;
    }

    private synchronized boolean alive() {
        return process != null && process.isAlive();
    }

    private synchronized void stop() {
        if (process != null) {
            process.destroy();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
