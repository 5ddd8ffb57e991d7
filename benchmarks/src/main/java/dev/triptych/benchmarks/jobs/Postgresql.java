package dev.triptych.benchmarks.jobs;

import dev.triptych.benchmarks.suite.SuiteProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A PostgreSQL of a Debian package with a database of its own, which the chaos run stops and starts as an operator
 * would.
 */
public final class Postgresql {

    static final String NAME = "postgresql";

    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

    private Postgresql() {}

    /** What a gateway is told of it. */
    public static Map<String, String> settings(int port) {
        return Map.of(
                "TRIPTYCH_JOBS_STORE_URL",
                "postgresql://127.0.0.1:" + port + "/postgres",
                "TRIPTYCH_JOBS_STORE_USERNAME",
                "triptych");
    }

    /** Makes its folder; the process is not started. */
    public static SuiteProcess prepare(Path folder, int port) throws IOException, InterruptedException {
        Path programs = programs();
        // The server refuses to run as root, and another user cannot look into root's folders.
        Path home = Files.createTempDirectory("triptych-postgresql-");
        List<String> as = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            as.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"));
            run(List.of("chown", "postgres", home.toString()));
        }
        String data = home.resolve("data").toString();
        run(with(as, programs.resolve("initdb"), "-D", data, "-U", "triptych", "--auth=trust", "-E", "UTF8"));
        List<String> command = with(
                as,
                programs.resolve("postgres"),
                "-D",
                data,
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=" + home);
        return new SuiteProcess(NAME, command, Map.of(), folder, null);
    }

    private static Path programs() throws IOException {
        if (Files.isDirectory(VERSIONS)) {
            try (Stream<Path> versions = Files.list(VERSIONS)) {
                return versions.map(version -> version.resolve("bin"))
                        .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                        .max(Comparator.naturalOrder())
                        .orElseThrow(Postgresql::missing);
            }
        }
        throw missing();
    }

    private static IllegalStateException missing() {
        return new IllegalStateException("no PostgreSQL below " + VERSIONS
                + "; install it (apt-get install postgresql), or leave --postgresql out");
    }

    private static List<String> with(List<String> as, Path program, String... arguments) {
        List<String> command = new ArrayList<>(as);
        command.add(program.toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("failed: " + String.join(" ", command));
        }
    }
}
