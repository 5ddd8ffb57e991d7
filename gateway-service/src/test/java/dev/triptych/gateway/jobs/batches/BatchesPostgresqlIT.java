package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.support.PostgresqlServer;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresqlServer.Required.class)
class BatchesPostgresqlIT extends BatchesContract {

    @Override
    Map<String, String> store() {
        return Map.of(
                "triptych.jobs.store.url",
                PostgresqlServer.shared().orElseThrow().url(),
                "triptych.jobs.store.username",
                "triptych");
    }
}
