package dev.triptych.gateway.limits;

import dev.triptych.gateway.store.StoreAccess;
import java.util.Objects;
import reactor.core.publisher.Mono;

/**
 * Levels in a PostgreSQL that several gateways share, by its clock. One statement fills and draws: its row's lock is what
 * keeps gateways from drawing the same unit twice.
 */
public final class BucketTable implements Buckets {

    /** Milliseconds since 1970, the same throughout the statement. */
    private static final String NOW = "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000 AS BIGINT)";

    private static final String FILLED =
            "LEAST(:capacity, b.level + GREATEST(0, " + NOW + " - b.filled_at) * :capacity / 60000.0)";

    private static final String GRANTED = "GREATEST(0, LEAST(:wanted, CAST(FLOOR(" + FILLED + ") AS BIGINT)))";

    private static final String SQL = """
            INSERT INTO rate_bucket AS b (key_id, unit, level, filled_at, granted)
            VALUES (:key, :unit, :capacity - LEAST(:wanted, :capacity) - :used, %s, LEAST(:wanted, :capacity))
            ON CONFLICT (key_id, unit) DO UPDATE SET granted = %s, level = %s - %s - :used,
                filled_at = GREATEST(b.filled_at, EXCLUDED.filled_at)
            RETURNING granted, level""".formatted(NOW, GRANTED, FILLED, GRANTED);

    private final StoreAccess store;

    public BucketTable(StoreAccess store) {
        this.store = store;
    }

    @Override
    public Mono<Draw.Drawn> draw(Bucket bucket, Draw draw) {
        return store.one(client -> client.sql(SQL)
                .bind("key", bucket.keyId())
                .bind("unit", bucket.unit().key())
                .bind("capacity", bucket.perMinute())
                .bind("wanted", draw.wanted())
                .bind("used", draw.used())
                .map(row -> new Draw.Drawn(
                        Objects.requireNonNull(row.get("granted", Long.class)),
                        Objects.requireNonNull(row.get("level", Double.class))))
                .one());
    }
}
