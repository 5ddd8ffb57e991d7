package dev.triptych.benchmarks.suite;

import java.nio.file.Path;
import java.util.function.Predicate;
import picocli.CommandLine.Option;

/** From what and where a benchmark starts a suite of its own. */
public final class OwnSuite {

    @Option(names = "--port", description = "first port (default: ${DEFAULT-VALUE})")
    private int port;

    @Option(names = "--home", description = "the repository, built (default: the current folder)")
    private Path home = Path.of("");

    /** @param port the first, unless another is asked for */
    public OwnSuite(int port) {
        this.port = port;
    }

    public int port() {
        return port;
    }

    /** @param built whether what is needed of the repository is built */
    public Path home(Predicate<Path> built) {
        if (!built.test(home)) {
            throw new IllegalStateException("the services are not built; ./triptych up builds them");
        }
        return home;
    }
}
