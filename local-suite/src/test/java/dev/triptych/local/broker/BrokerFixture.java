package dev.triptych.local.broker;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real broker in a process of its own, on free ports, with its data in a test's folder. */
public final class BrokerFixture implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(180);

    private final Path data;
    private final int port = freePort();
    private final int controllerPort = freePort();
    private @Nullable Process process;

    public BrokerFixture(Path data) {
        this.data = data;
    }

    /** Starts the process and returns once the broker answers. */
    public BrokerFixture start() throws IOException {
        Process started = new ProcessBuilder(command())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        data.resolveSibling(data.getFileName() + ".log").toFile()))
                .start();
        process = started;
        await().atMost(DEADLINE)
                .failFast("the broker has ended; its log is beside " + data, () -> !started.isAlive())
                .until(this::ready);
        return this;
    }

    public void createTopics() throws Exception {
        try (BrokerAdmin admin = new BrokerAdmin(bootstrapServers(), Duration.ofSeconds(30))) {
            admin.createTopics();
        }
    }

    /** SIGTERM, as the supervisor does it. Returns the exit code. */
    public int stop() throws InterruptedException {
        return end(false);
    }

    /** SIGKILL: no last words. */
    public void kill() throws InterruptedException {
        end(true);
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null) {
            kill();
        }
    }

    private int end(boolean forcibly) throws InterruptedException {
        Process ending = process;
        if (ending == null) {
            throw new IllegalStateException("not started");
        }
        if (forcibly) {
            ending.destroyForcibly();
        } else {
            ending.destroy();
        }
        if (!ending.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            ending.destroyForcibly();
            throw new AssertionError("the broker did not end within " + DEADLINE);
        }
        return ending.exitValue();
    }

    private boolean ready() throws InterruptedException {
        try (BrokerAdmin admin = new BrokerAdmin(bootstrapServers(), Duration.ofSeconds(2))) {
            return admin.ready();
        }
    }

    private List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath(),
                BrokerProcess.class.getName(),
                Integer.toString(port),
                Integer.toString(controllerPort),
                data.toString());
    }

    /** The tests' class path, for processes that tests start. */
    public static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
