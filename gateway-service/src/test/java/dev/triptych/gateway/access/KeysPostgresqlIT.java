package dev.triptych.gateway.access;

import dev.triptych.gateway.support.PostgresqlServer;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@ExtendWith(PostgresqlServer.Required.class)
class KeysPostgresqlIT extends KeysContract {

    @DynamicPropertySource
    static void store(DynamicPropertyRegistry registry) {
        registry.add(
                "triptych.jobs.store.url",
                () -> PostgresqlServer.shared().orElseThrow().url("keys"));
        registry.add("triptych.jobs.store.username", () -> "triptych");
    }
}
