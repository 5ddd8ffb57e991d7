package dev.triptych.gateway.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A PostgreSQL of Debian's package, in a folder of its own, for as long as the tests' process runs. */
public final class PostgresqlServer {

    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

    private static final Optional<PostgresqlServer> SHARED = start();

    private final int port;

    /** Leaves a class out, and says so, where no PostgreSQL is installed. */
    public static final class Required implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return SHARED.isPresent()
                    ? ConditionEvaluationResult.enabled("PostgreSQL is installed")
                    : ConditionEvaluationResult.disabled("left out: no PostgreSQL is installed here");
        }
    }

    private PostgresqlServer(int port) {
        this.port = port;
    }

    /** Empty where no server is installed or this user cannot run one. */
    public static Optional<PostgresqlServer> shared() {
        return SHARED;
    }

    private static Optional<PostgresqlServer> start() {
        Optional<Path> programs = programs();
        boolean root = "root".equals(System.getProperty("user.name"));
        if (programs.isEmpty() || (root && !succeeds(List.of("runuser", "-u", "postgres", "--", "true")))) {
            return Optional.empty();
        }
        try {
            return Optional.of(start(programs.get(), root ? List.of("runuser", "-u", "postgres", "--") : List.of()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "postgresql://127.0.0.1:" + port + "/postgres";
    }

    /** The address of a database of this name that nobody else uses; made when it is first asked for. */
    public String url(String database) {
        String admin = "jdbc:" + url();
        try (Connection connection = DriverManager.getConnection(admin, "triptych", "");
                Statement statement = connection.createStatement()) {
            if (!statement
                    .executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + database + "'")
                    .next()) {
                statement.execute("CREATE DATABASE " + database);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return "postgresql://127.0.0.1:" + port + "/" + database;
    }

    private static PostgresqlServer start(Path programs, List<String> as) throws IOException {
        Path folder = Files.createTempDirectory("triptych-postgresql");
        run(List.of("chmod", "777", folder.toString()));
        String data = folder.resolve("data").toString();
        int port = freePort();
        run(with(as, programs.resolve("initdb"), "-D", data, "-U", "triptych", "--auth=trust", "-E", "UTF8"));
        String options = "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=" + folder;
        run(with(as, programs.resolve("pg_ctl"), "-D", data, "-w", "-l", folder + "/log", "-o", options, "start"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            succeeds(with(as, programs.resolve("pg_ctl"), "-D", data, "-m", "immediate", "stop"));
            succeeds(List.of("rm", "-rf", folder.toString()));
        }));
        return new PostgresqlServer(port);
    }

    private static Optional<Path> programs() {
        if (!Files.isDirectory(VERSIONS)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(VERSIONS)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Path::compareTo);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static List<String> with(List<String> as, Path program, String... arguments) {
        List<String> command = new ArrayList<>(as);
        command.add(program.toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static void run(List<String> command) {
        if (!succeeds(command)) {
            throw new IllegalStateException("failed: " + String.join(" ", command));
        }
    }

    private static boolean succeeds(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(Path.of("/").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
