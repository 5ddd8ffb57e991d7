package dev.triptych.gateway.jobs.store;

import static dev.triptych.gateway.jobs.store.BatchStatus.ACTIVE_SQL;

import dev.triptych.gateway.store.StoreAccess;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Batches, without their items. */
public final class BatchTable {

    private final StoreAccess store;

    public BatchTable(StoreAccess store) {
        this.store = store;
    }

    /** A new batch, unless its key already has {@code most} that have not ended; false then. */
    public Mono<Boolean> create(Batch batch, long most) {
        String key = Objects.requireNonNull(batch.keyId(), "only keys have limits");
        // The key's row is what two requests of it wait for.
        return store.together(client -> client.sql("SELECT id FROM api_key WHERE id = :key FOR UPDATE")
                .bind("key", key)
                .fetch()
                .all()
                .then(client.sql(
                                "SELECT COUNT(*) AS batches FROM batch WHERE key_id = :key AND status IN " + ACTIVE_SQL)
                        .bind("key", key)
                        .map(row -> Objects.requireNonNull(row.get("batches", Long.class)))
                        .one())
                .flatMap(unfinished -> unfinished < most ? insert(client, batch).thenReturn(true) : Mono.just(false)));
    }

    /** A new batch; its counts and cursor start from nothing. */
    public Mono<Void> create(Batch batch) {
        return store.one(client -> insert(client, batch));
    }

    private static Mono<Void> insert(DatabaseClient client, Batch batch) {
        GenericExecuteSpec insert = client.sql("""
                            INSERT INTO batch (id, endpoint, input_file_id, completion_window, metadata, status, total,
                                completed, failed, sent_lines, sent_bytes, sent_items, refused, created_at, expires_at,
                                leased_until, key_id, trace_parent)
                            VALUES (:id, :endpoint, :input, :window, :metadata, :status, 0, 0, 0, 0, 0, 0, 0, :created,
                                :expires, 0, :key, :trace)""")
                .bind("id", batch.id())
                .bind("endpoint", batch.endpoint())
                .bind("input", batch.inputFileId())
                .bind("window", batch.completionWindow())
                .bind("status", batch.status().key())
                .bind("created", batch.createdAt().toEpochMilli())
                .bind("expires", batch.expiresAt().toEpochMilli());
        insert = bindText(insert, "key", batch.keyId());
        insert = bindText(insert, "trace", batch.traceParent());
        return bindText(insert, "metadata", batch.metadata()).then();
    }

    /** Empty where there is none. */
    public Mono<Batch> find(String id) {
        return store.one(client -> client.sql("SELECT * FROM batch WHERE id = :id")
                .bind("id", id)
                .map(BatchTable::read)
                .one());
    }

    /** Empty where {@code owner} has none. */
    public Mono<Batch> find(String id, Owner owner) {
        return store.one(client -> owner.bind(client.sql("SELECT * FROM batch WHERE id = :id AND " + Owner.SQL)
                        .bind("id", id))
                .map(BatchTable::read)
                .one());
    }

    public Mono<Page.Of<Batch>> list(Page page, Owner owner) {
        String sql = "SELECT * FROM batch WHERE " + Owner.SQL
                + (page.after() == null
                        ? ""
                        : " AND seq " + page.beyond() + " (SELECT seq FROM batch WHERE id = :after)")
                + " ORDER BY seq " + page.order() + " LIMIT :limit";
        return store.one(client -> {
            GenericExecuteSpec select = owner.bind(client.sql(sql).bind("limit", page.limit() + 1));
            String after = page.after();
            select = after == null ? select : select.bind("after", after);
            return select.map(BatchTable::read).all().collectList().map(found -> Page.Of.cut(found, page.limit()));
        });
    }

    /** Ids of batches that have not ended, the oldest first. */
    public Mono<List<String>> active() {
        return store.one(client -> client.sql("SELECT id FROM batch WHERE status IN " + ACTIVE_SQL + " ORDER BY seq")
                .map(row -> text(row, "id"))
                .all()
                .collectList());
    }

    /** Makes {@code owner} the one that works on the batch, or still so; false where another one does. */
    public Mono<Boolean> lease(String id, String owner, Instant now, Instant until) {
        return store.one(client -> client.sql("UPDATE batch SET owner = :owner, leased_until = :until WHERE id = :id"
                        + " AND status IN " + ACTIVE_SQL
                        + " AND (owner IS NULL OR owner = :owner OR leased_until < :now)")
                .bind("owner", owner)
                .bind("until", until.toEpochMilli())
                .bind("id", id)
                .bind("now", now.toEpochMilli())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0));
    }

    /** From one state to another; false where it was in neither, or in the other one already. */
    public Mono<Boolean> move(String id, BatchStatus from, BatchStatus to, Instant now) {
        return store.one(client -> client.sql(
                        "UPDATE batch SET status = :to, " + to.key() + "_at = :now WHERE id = :id AND status = :from")
                .bind("to", to.key())
                .bind("now", now.toEpochMilli())
                .bind("id", id)
                .bind("from", from.key())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0));
    }

    /** The input was found good enough: {@code total} items, of which {@code refused} have their error already. */
    public Mono<Boolean> begin(String id, int total, int refused, Instant now) {
        return store.one(client -> client.sql("""
                        UPDATE batch SET status = 'in_progress', in_progress_at = :now, total = :total, completed = 0,
                            failed = :refused, refused = :refused WHERE id = :id AND status = 'validating'""")
                .bind("now", now.toEpochMilli())
                .bind("total", total)
                .bind("refused", refused)
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0));
    }

    /** The batch as a whole cannot be run. */
    public Mono<Void> fail(String id, String errors, Instant now) {
        return store.together(client -> ItemTable.clear(client, id)
                .then(client.sql("""
                                UPDATE batch SET status = 'failed', failed_at = :now, errors = :errors
                                WHERE id = :id AND status = 'validating'""")
                        .bind("now", now.toEpochMilli())
                        .bind("errors", errors)
                        .bind("id", id)
                        .then()));
    }

    /** What Kafka has acknowledged. */
    public Mono<Void> sent(String id, Batch.Cursor cursor) {
        return store.one(client -> client.sql("""
                        UPDATE batch SET sent_lines = :lines, sent_bytes = :bytes, sent_items = :items
                        WHERE id = :id""")
                .bind("lines", cursor.lines())
                .bind("bytes", cursor.bytes())
                .bind("items", cursor.items())
                .bind("id", id)
                .then());
    }

    /** Ends the batch, makes its files visible and forgets its items, all at once. */
    public Mono<Void> finish(String id, BatchStatus end, Instant now, List<StoredFile> files, Outputs outputs) {
        return store.together(client -> {
            GenericExecuteSpec update = client.sql("UPDATE batch SET status = :end, " + end.key()
                            + "_at = :now, output_file_id = :output, error_file_id = :error WHERE id = :id")
                    .bind("end", end.key())
                    .bind("now", now.toEpochMilli())
                    .bind("id", id);
            update = bindText(update, "output", outputs.output());
            return bindText(update, "error", outputs.error())
                    .then()
                    .thenMany(Flux.fromIterable(files).concatMap(file -> FileTable.complete(client, file)))
                    .then(ItemTable.clear(client, id));
        });
    }

    /** Ids of the files that a batch wrote; {@code null} where nothing was to be written. */
    public record Outputs(@Nullable String output, @Nullable String error) {}

    /** Forgets batches that ended before {@code time}. */
    public Mono<Long> forget(Instant time) {
        return store.one(client -> client.sql("DELETE FROM batch WHERE status NOT IN " + ACTIVE_SQL
                        + " AND COALESCE(completed_at, failed_at, expired_at, cancelled_at) < :time")
                .bind("time", time.toEpochMilli())
                .fetch()
                .rowsUpdated());
    }

    static GenericExecuteSpec bindText(GenericExecuteSpec statement, String name, @Nullable String text) {
        return text == null ? statement.bindNull(name, String.class) : statement.bind(name, text);
    }

    private static Batch read(Readable row) {
        Map<BatchStatus, Instant> since = new EnumMap<>(BatchStatus.class);
        for (BatchStatus status : BatchStatus.values()) {
            Long time = status == BatchStatus.VALIDATING ? null : row.get(status.key() + "_at", Long.class);
            if (time != null) {
                since.put(status, Instant.ofEpochMilli(time));
            }
        }
        return new Batch(
                text(row, "id"),
                text(row, "endpoint"),
                text(row, "input_file_id"),
                text(row, "completion_window"),
                row.get("metadata", String.class),
                row.get("trace_parent", String.class),
                BatchStatus.of(text(row, "status")),
                row.get("errors", String.class),
                row.get("output_file_id", String.class),
                row.get("error_file_id", String.class),
                row.get("key_id", String.class),
                new Batch.Counts(number(row, "total"), number(row, "completed"), number(row, "failed")),
                new Batch.Cursor(
                        number(row, "sent_lines"),
                        Objects.requireNonNull(row.get("sent_bytes", Long.class)),
                        number(row, "sent_items"),
                        number(row, "refused")),
                Instant.ofEpochMilli(Objects.requireNonNull(row.get("created_at", Long.class))),
                Instant.ofEpochMilli(Objects.requireNonNull(row.get("expires_at", Long.class))),
                since);
    }

    private static String text(Readable row, String column) {
        return Objects.requireNonNull(row.get(column, String.class));
    }

    private static int number(Readable row, String column) {
        return Objects.requireNonNull(row.get(column, Integer.class));
    }

    static Mono<Void> count(DatabaseClient client, String id, int completed, int failed) {
        return client.sql("""
                        UPDATE batch SET completed = completed + :completed, failed = failed + :failed
                        WHERE id = :id""")
                .bind("completed", completed)
                .bind("failed", failed)
                .bind("id", id)
                .then();
    }
}
