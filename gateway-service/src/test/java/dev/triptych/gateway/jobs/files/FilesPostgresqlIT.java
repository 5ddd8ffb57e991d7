package dev.triptych.gateway.jobs.files;

import dev.triptych.gateway.support.PostgresqlServer;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** Left out, and said so, where no PostgreSQL is installed. */
@ExtendWith(FilesPostgresqlIT.Installed.class)
@TestPropertySource(properties = "triptych.jobs.max-file=8MB")
class FilesPostgresqlIT extends FilesContract {

    private static final Optional<PostgresqlServer> SERVER = PostgresqlServer.start();

    @DynamicPropertySource
    static void store(DynamicPropertyRegistry registry) {
        registry.add("triptych.jobs.store.url", () -> SERVER.orElseThrow().url());
        registry.add("triptych.jobs.store.username", () -> "triptych");
    }

    static final class Installed implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return SERVER.isPresent()
                    ? ConditionEvaluationResult.enabled("PostgreSQL is installed")
                    : ConditionEvaluationResult.disabled("no PostgreSQL is installed; its files are not tried");
        }
    }
}
