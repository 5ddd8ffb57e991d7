package dev.triptych.benchmarks.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code ./triptych bench chaos}: the whole suite with its real models, and ten kills. */
@Timeout(1200)
class ChaosIT {

    private static final Path HOME = Path.of("").toAbsolutePath().getParent();

    @TempDir
    Path folder;

    @Test
    void whateverIsKilledEachItemHasExactlyOneEnd() throws Exception {
        assumeTrue(JobsSuite.isBuilt(HOME), "the services' jars are built by mvnw package");
        ChaosItems items = new ChaosItems(Files.readAllBytes(HOME.resolve("models/triptych-flags/samples/brazil.png")));
        try (JobsSuite suite = new JobsSuite(HOME, folder, 23_600)) {
            ChaosRun.Plan plan = new ChaosRun.Plan(10_000, 10, 1, Duration.ofSeconds(1), 7);
            assertThat(new ChaosRun(suite, plan, items, System.out).run()).isEmpty();
        }
    }
}
