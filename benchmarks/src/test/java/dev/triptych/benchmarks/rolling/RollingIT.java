package dev.triptych.benchmarks.rolling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code ./triptych bench rolling}: one process of each service is restarted, and few clients ask. */
@Timeout(600)
class RollingIT {

    private static final Path HOME = Path.of("").toAbsolutePath().getParent();

    @TempDir
    Path folder;

    @Test
    void aRestartOfEachServiceUnderLoadFailsNoRequest() throws Exception {
        assumeTrue(RollingSuite.isBuilt(HOME), "the services' jars are built by mvnw package");
        byte[] picture = Files.readAllBytes(HOME.resolve(RollingBenchmark.PICTURE));
        try (RollingSuite suite = new RollingSuite(HOME, folder, 23_700)) {
            RollingRun run = new RollingRun(suite, picture, 2, Duration.ofMillis(200), System.out);
            assertThat(run.run(suite.processes().all().subList(0, 3))).isEmpty();
        }
    }
}
