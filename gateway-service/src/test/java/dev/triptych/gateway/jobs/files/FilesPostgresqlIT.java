package dev.triptych.gateway.jobs.files;

import dev.triptych.gateway.support.PostgresqlServer;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

@ExtendWith(PostgresqlServer.Required.class)
@TestPropertySource(properties = "triptych.jobs.max-file=8MB")
class FilesPostgresqlIT extends FilesContract {

    @DynamicPropertySource
    static void store(DynamicPropertyRegistry registry) {
        registry.add(
                "triptych.jobs.store.url",
                () -> PostgresqlServer.shared().orElseThrow().url());
        registry.add("triptych.jobs.store.username", () -> "triptych");
    }
}
