package dev.triptych.gateway.access;

import dev.triptych.gateway.store.StoreAccess;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import reactor.core.publisher.Mono;

/** Keys in the store, those revoked among them. */
public final class KeyTable {

    /** The most that a list shows. */
    private static final int MOST_LISTED = 10_000;

    private final StoreAccess store;

    public KeyTable(StoreAccess store) {
        this.store = store;
    }

    Mono<Void> create(ApiKey key) {
        return store.one(client -> {
            GenericExecuteSpec insert = client.sql("""
                            INSERT INTO api_key (id, name, secret_hash, scopes, requests_per_minute, tokens_per_minute,
                                images_per_minute, concurrent_jobs, created_at)
                            VALUES (:id, :name, :hash, :scopes, :requests, :tokens, :images, :jobs, :created)""")
                    .bind("id", key.id())
                    .bind("name", key.name())
                    .bind("hash", key.secretHash())
                    .bind("scopes", Scope.join(key.scopes(), " "))
                    .bind("created", key.createdAt().toEpochMilli());
            insert = bind(insert, "requests", key.limits().requestsPerMinute());
            insert = bind(insert, "tokens", key.limits().tokensPerMinute());
            insert = bind(insert, "images", key.limits().imagesPerMinute());
            return bind(insert, "jobs", key.limits().concurrentJobs()).then();
        });
    }

    /** Empty where no key that is good has this hash. */
    Mono<ApiKey> find(String secretHash) {
        return store.one(client -> client.sql("SELECT * FROM api_key WHERE secret_hash = :hash AND revoked_at IS NULL")
                .bind("hash", secretHash)
                .map(KeyTable::read)
                .one());
    }

    /** Whether there is or ever was one. */
    Mono<Boolean> any() {
        return store.one(client -> client.sql("SELECT COUNT(*) AS keys FROM api_key")
                .map(row -> Objects.requireNonNull(row.get("keys", Long.class)) > 0)
                .one());
    }

    /** The newest first. */
    Mono<List<ApiKey>> list() {
        return store.one(client -> client.sql("SELECT * FROM api_key ORDER BY seq DESC LIMIT " + MOST_LISTED)
                .map(KeyTable::read)
                .all()
                .collectList());
    }

    /** The key as it stands afterwards; one that was revoked keeps its time. Empty where there is none. */
    Mono<ApiKey> revoke(String id, Instant now) {
        return store.one(
                client -> client.sql("UPDATE api_key SET revoked_at = COALESCE(revoked_at, :now) WHERE id = :id")
                        .bind("now", now.toEpochMilli())
                        .bind("id", id)
                        .then()
                        .then(client.sql("SELECT * FROM api_key WHERE id = :id")
                                .bind("id", id)
                                .map(KeyTable::read)
                                .one()));
    }

    private static GenericExecuteSpec bind(GenericExecuteSpec statement, String name, @Nullable Long number) {
        return number == null ? statement.bindNull(name, Long.class) : statement.bind(name, number);
    }

    private static ApiKey read(Readable row) {
        Long revoked = row.get("revoked_at", Long.class);
        return new ApiKey(
                text(row, "id"),
                text(row, "name"),
                text(row, "secret_hash"),
                scopes(text(row, "scopes")),
                new KeyLimits(
                        row.get("requests_per_minute", Long.class),
                        row.get("tokens_per_minute", Long.class),
                        row.get("images_per_minute", Long.class),
                        row.get("concurrent_jobs", Long.class)),
                Instant.ofEpochMilli(Objects.requireNonNull(row.get("created_at", Long.class))),
                revoked == null ? null : Instant.ofEpochMilli(revoked));
    }

    private static Set<Scope> scopes(String joined) {
        return Arrays.stream(joined.split(" "))
                .flatMap(key -> Scope.of(key).stream())
                .collect(Collectors.toSet());
    }

    private static String text(Readable row, String column) {
        return Objects.requireNonNull(row.get(column, String.class));
    }
}
