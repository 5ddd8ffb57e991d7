package dev.triptych.gateway.jobs.store;

import dev.triptych.gateway.store.StoreAccess;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Files and their content, which is kept in blocks so that none is ever whole in memory. A file is seen by nobody until
 * {@link #complete}.
 */
public final class FileTable {

    /** Length of all blocks but the last. */
    public static final int BLOCK_BYTES = 256 * 1024;

    private static final String COLUMNS = "id, purpose, filename, bytes, key_id, created_at, expires_at";

    private final StoreAccess store;

    public FileTable(StoreAccess store) {
        this.store = store;
    }

    /** Begins a file; its length and name are settled by {@link #complete}. */
    public Mono<Void> begin(StoredFile file) {
        return store.one(client -> {
            GenericExecuteSpec insert = client.sql("""
                            INSERT INTO stored_file (id, purpose, filename, bytes, key_id, created_at, expires_at, complete)
                            VALUES (:id, :purpose, :filename, 0, :key, :created, :expires, FALSE)""")
                    .bind("id", file.id())
                    .bind("purpose", file.purpose())
                    .bind("filename", file.filename())
                    .bind("created", file.createdAt().toEpochMilli());
            insert = BatchTable.bindText(insert, "key", file.keyId());
            return bindTime(insert, "expires", file.expiresAt()).then();
        });
    }

    /** Adds the block at {@code position}, counted from 0. */
    public Mono<Void> append(String fileId, int position, byte[] content) {
        return store.one(client -> client.sql(
                        "INSERT INTO file_block (file_id, position, content) VALUES (:id, :position, :content)")
                .bind("id", fileId)
                .bind("position", position)
                .bind("content", content)
                .then());
    }

    /** Makes the file visible. */
    public Mono<Void> complete(StoredFile file) {
        return store.one(client -> complete(client, file));
    }

    static Mono<Void> complete(DatabaseClient client, StoredFile file) {
        return client.sql("UPDATE stored_file SET complete = TRUE, bytes = :bytes, filename = :filename WHERE id = :id")
                .bind("bytes", file.bytes())
                .bind("filename", file.filename())
                .bind("id", file.id())
                .then();
    }

    /** The batch that still reads the file; empty where none does. */
    public Mono<String> reader(String id) {
        return store.one(client -> client.sql("SELECT id FROM batch WHERE input_file_id = :id AND status IN "
                        + BatchStatus.ACTIVE_SQL + " ORDER BY seq LIMIT 1")
                .bind("id", id)
                .map(row -> Objects.requireNonNull(row.get("id", String.class)))
                .one());
    }

    /** Empty where {@code owner} has none. */
    public Mono<StoredFile> find(String id, Owner owner) {
        return store.one(client -> owner.bind(client.sql(
                                "SELECT " + COLUMNS + " FROM stored_file WHERE id = :id AND complete AND " + Owner.SQL)
                        .bind("id", id))
                .map(FileTable::read)
                .one());
    }

    /** @param purpose {@code null}: all */
    public Mono<Page.Of<StoredFile>> list(@Nullable String purpose, Page page, Owner owner) {
        String sql = "SELECT " + COLUMNS + " FROM stored_file WHERE complete AND " + Owner.SQL
                + (purpose == null ? "" : " AND purpose = :purpose")
                + (page.after() == null
                        ? ""
                        : " AND seq " + page.beyond() + " (SELECT seq FROM stored_file WHERE id = :after)")
                + " ORDER BY seq " + page.order() + " LIMIT :limit";
        return store.one(client -> {
            GenericExecuteSpec select = owner.bind(client.sql(sql).bind("limit", page.limit() + 1));
            select = purpose == null ? select : select.bind("purpose", purpose);
            String after = page.after();
            select = after == null ? select : select.bind("after", after);
            return select.map(FileTable::read).all().collectList().map(found -> Page.Of.cut(found, page.limit()));
        });
    }

    /** The block at {@code position}; empty behind the last one. */
    public Mono<byte[]> block(String fileId, int position) {
        return store.one(client -> client.sql(
                        "SELECT content FROM file_block WHERE file_id = :id AND position = :position")
                .bind("id", fileId)
                .bind("position", position)
                .map(row -> Objects.requireNonNull(row.get("content", byte[].class)))
                .one());
    }

    /** Block after block, each read when it is asked for. */
    public Flux<byte[]> content(StoredFile file) {
        int blocks = Math.toIntExact((file.bytes() + BLOCK_BYTES - 1) / BLOCK_BYTES);
        return Flux.range(0, blocks).concatMap(position -> block(file.id(), position), 1);
    }

    /** Whether there was such a file. */
    public Mono<Boolean> delete(String id) {
        return store.together(client -> deleteBlocks(client, id)
                .then(client.sql("DELETE FROM stored_file WHERE id = :id")
                        .bind("id", id)
                        .fetch()
                        .rowsUpdated())
                .map(rows -> rows > 0));
    }

    /** Ids of files whose time is over, and of uploads that began before {@code staleBefore} and never ended. */
    public Mono<List<String>> expired(Instant now, Instant staleBefore) {
        return store.one(client -> client.sql("""
                        SELECT id FROM stored_file WHERE (expires_at <= :now
                        OR (NOT complete AND created_at <= :stale)) AND NOT EXISTS (SELECT 1 FROM batch
                            WHERE input_file_id = stored_file.id AND status IN\s""" + BatchStatus.ACTIVE_SQL + ") ORDER BY seq LIMIT 1000")
                .bind("now", now.toEpochMilli())
                .bind("stale", staleBefore.toEpochMilli())
                .map(row -> Objects.requireNonNull(row.get("id", String.class)))
                .all()
                .collectList());
    }

    private static Mono<Void> deleteBlocks(DatabaseClient client, String id) {
        return client.sql("DELETE FROM file_block WHERE file_id = :id")
                .bind("id", id)
                .then();
    }

    static GenericExecuteSpec bindTime(GenericExecuteSpec statement, String name, @Nullable Instant time) {
        return time == null ? statement.bindNull(name, Long.class) : statement.bind(name, time.toEpochMilli());
    }

    private static StoredFile read(Readable row) {
        Long expires = row.get("expires_at", Long.class);
        return new StoredFile(
                Objects.requireNonNull(row.get("id", String.class)),
                Objects.requireNonNull(row.get("purpose", String.class)),
                Objects.requireNonNull(row.get("filename", String.class)),
                Objects.requireNonNull(row.get("bytes", Long.class)),
                row.get("key_id", String.class),
                Instant.ofEpochMilli(Objects.requireNonNull(row.get("created_at", Long.class))),
                expires == null ? null : Instant.ofEpochMilli(expires));
    }
}
