package dev.triptych.gateway.jobs.store;

import dev.triptych.gateway.store.StoreAccess;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The items of batches and what they ended with. */
public final class ItemTable {

    private static final int PART_BYTES = 256 * 1024;

    private static final String OPEN = "open";
    private static final String COMPLETED = "completed";
    private static final String FAILED = "failed";

    private final StoreAccess store;

    public ItemTable(StoreAccess store) {
        this.store = store;
    }

    /**
     * A line of the input.
     *
     * @param customId the client's name for it, where it has one
     * @param refused  its error, as JSON, where it is not to be run
     */
    public record NewItem(int line, @Nullable String customId, byte @Nullable [] refused) {}

    /**
     * A piece of an item that ended.
     *
     * @param part    counted from 0
     * @param content of this part
     */
    public record EndedPart(
            int line, @Nullable String customId, @Nullable Integer statusCode, int part, byte[] content) {}

    /** Adds lines of a batch, all or none. */
    public Mono<Void> add(String batchId, List<NewItem> items) {
        return store.together(client -> inserted(client, batchId, items)
                .then(parts(
                        client,
                        items.stream()
                                .filter(item -> item.refused() != null)
                                .map(item -> new ItemResult(
                                        batchId, item.line(), false, null, Objects.requireNonNull(item.refused())))
                                .toList())));
    }

    /** Forgets all lines of a batch. */
    public Mono<Void> clear(String batchId) {
        return store.together(client -> clear(client, batchId));
    }

    static Mono<Void> clear(DatabaseClient client, String batchId) {
        return client.sql("DELETE FROM item_result WHERE batch_id = :id")
                .bind("id", batchId)
                .then()
                .then(client.sql("DELETE FROM batch_item WHERE batch_id = :id")
                        .bind("id", batchId)
                        .then());
    }

    /** Those of the lines from {@code first} to {@code last} that have not ended. */
    public Mono<Set<Integer>> open(String batchId, int first, int last) {
        return store.one(client -> client.sql("SELECT line FROM batch_item WHERE batch_id = :id"
                        + " AND line BETWEEN :first AND :last AND outcome = 'open'")
                .bind("id", batchId)
                .bind("first", first)
                .bind("last", last)
                .map(row -> Objects.requireNonNull(row.get("line", Integer.class)))
                .all()
                .collectList()
                .map(HashSet::new));
    }

    /** Ends, as failed, all items that have not ended. */
    public Mono<Void> giveUp(String batchId, byte[] reason) {
        return store.together(client -> client.sql("INSERT INTO item_result (batch_id, line, part, content)"
                        + " SELECT batch_id, line, 0, :reason FROM batch_item"
                        + " WHERE batch_id = :id AND outcome = 'open'")
                .bind("reason", reason)
                .bind("id", batchId)
                .then()
                .then(client.sql("UPDATE batch_item SET outcome = 'failed' WHERE batch_id = :id AND outcome = 'open'")
                        .bind("id", batchId)
                        .fetch()
                        .rowsUpdated())
                .flatMap(given -> BatchTable.count(client, batchId, 0, Math.toIntExact(given))));
    }

    /** The last line of a batch's input that holds an item; 0 where none does. */
    public Mono<Integer> lastLine(String batchId) {
        return store.one(client -> client.sql(
                        "SELECT COALESCE(MAX(line), 0) AS last FROM batch_item WHERE batch_id = :id")
                .bind("id", batchId)
                .map(row -> Objects.requireNonNull(row.get("last", Integer.class)))
                .one());
    }

    /** What ended one way among the lines from {@code first} to {@code last}, in order. */
    public Mono<List<EndedPart>> ended(String batchId, boolean completed, int first, int last) {
        return store.one(client -> client.sql("""
                        SELECT i.line, i.custom_id, i.status_code, r.part, r.content FROM batch_item i
                        JOIN item_result r ON r.batch_id = i.batch_id AND r.line = i.line
                        WHERE i.batch_id = :id AND i.outcome = :outcome AND i.line BETWEEN :first AND :last
                            AND r.batch_id = :id AND r.line BETWEEN :first AND :last
                        ORDER BY i.line, r.part""")
                .bind("id", batchId)
                .bind("outcome", completed ? COMPLETED : FAILED)
                .bind("first", first)
                .bind("last", last)
                .map(row -> new EndedPart(
                        Objects.requireNonNull(row.get("line", Integer.class)),
                        row.get("custom_id", String.class),
                        row.get("status_code", Integer.class),
                        Objects.requireNonNull(row.get("part", Integer.class)),
                        Objects.requireNonNull(row.get("content", byte[].class))))
                .all()
                .collectList());
    }

    /**
     * Stores results and how far they were read in one transaction. What is there already, or belongs to no item that
     * is open, changes nothing.
     *
     * @param next the next offset to read, by partition
     */
    public Mono<Void> end(List<ItemResult> results, String topic, Map<Integer, Long> next) {
        return store.together(client -> endOpen(client, results)
                .flatMap(changed -> parts(client, changed)
                        .thenMany(Flux.fromIterable(counts(changed).entrySet())
                                .concatMap(each -> BatchTable.count(
                                        client, each.getKey(), each.getValue()[0], each.getValue()[1])))
                        .thenMany(Flux.fromIterable(next.entrySet())
                                .concatMap(each -> moveOffset(client, topic, each.getKey(), each.getValue())))
                        .then()));
    }

    /** Where reading a partition goes on; the first call for one notes that it starts at 0. */
    public Mono<Long> offset(String topic, int partition) {
        return store.together(client -> client.sql("""
                        INSERT INTO result_offset (topic, part, next_offset)
                        SELECT :topic, :part, 0 WHERE NOT EXISTS
                            (SELECT 1 FROM result_offset WHERE topic = :topic AND part = :part)""")
                .bind("topic", topic)
                .bind("part", partition)
                .then()
                .then(client.sql("SELECT next_offset FROM result_offset WHERE topic = :topic AND part = :part")
                        .bind("topic", topic)
                        .bind("part", partition)
                        .map(row -> Objects.requireNonNull(row.get("next_offset", Long.class)))
                        .one()));
    }

    private static Mono<Void> moveOffset(DatabaseClient client, String topic, int partition, long next) {
        return client.sql("""
                        UPDATE result_offset SET next_offset = :next
                        WHERE topic = :topic AND part = :part AND next_offset < :next""")
                .bind("next", next)
                .bind("topic", topic)
                .bind("part", partition)
                .then();
    }

    /** Those of the results whose items were open until now. */
    private static Mono<List<ItemResult>> endOpen(DatabaseClient client, List<ItemResult> results) {
        if (results.isEmpty()) {
            return Mono.just(List.of());
        }
        return client.inConnectionMany(connection -> {
                    Statement update = connection.createStatement("UPDATE batch_item SET outcome = $1, status_code = $2"
                            + " WHERE batch_id = $3 AND line = $4 AND outcome = '" + OPEN + "'");
                    for (int i = 0; i < results.size(); i++) {
                        ItemResult result = results.get(i);
                        next(update, i).bind(0, result.completed() ? COMPLETED : FAILED);
                        bindNumber(update, 1, result.statusCode());
                        update.bind(2, result.batchId()).bind(3, result.line());
                    }
                    return rowsUpdated(update);
                })
                .collectList()
                .map(rows -> {
                    List<ItemResult> changed = new ArrayList<>();
                    for (int i = 0; i < rows.size(); i++) {
                        if (rows.get(i) > 0) {
                            changed.add(results.get(i));
                        }
                    }
                    return changed;
                });
    }

    private static Mono<Void> inserted(DatabaseClient client, String batchId, List<NewItem> items) {
        if (items.isEmpty()) {
            return Mono.empty();
        }
        return client.inConnectionMany(connection -> {
                    Statement insert = connection.createStatement(
                            "INSERT INTO batch_item (batch_id, line, custom_id, outcome) VALUES ($1, $2, $3, $4)");
                    for (int i = 0; i < items.size(); i++) {
                        NewItem item = items.get(i);
                        next(insert, i).bind(0, batchId).bind(1, item.line());
                        String customId = item.customId();
                        if (customId == null) {
                            insert.bindNull(2, String.class);
                        } else {
                            insert.bind(2, customId);
                        }
                        insert.bind(3, item.refused() == null ? OPEN : FAILED);
                    }
                    return rowsUpdated(insert);
                })
                .then();
    }

    private static Mono<Void> parts(DatabaseClient client, List<ItemResult> results) {
        if (results.isEmpty()) {
            return Mono.empty();
        }
        return client.inConnectionMany((Connection connection) -> {
                    Statement insert = connection.createStatement(
                            "INSERT INTO item_result (batch_id, line, part, content) VALUES ($1, $2, $3, $4)");
                    int row = 0;
                    for (ItemResult result : results) {
                        byte[] content = result.content();
                        for (int part = 0; part == 0 || part * PART_BYTES < content.length; part++) {
                            int end = Math.min(content.length, (part + 1) * PART_BYTES);
                            next(insert, row++)
                                    .bind(0, result.batchId())
                                    .bind(1, result.line())
                                    .bind(2, part)
                                    .bind(3, Arrays.copyOfRange(content, part * PART_BYTES, end));
                        }
                    }
                    return rowsUpdated(insert);
                })
                .then();
    }

    /** Completed and failed, by batch. */
    private static Map<String, int[]> counts(List<ItemResult> changed) {
        Map<String, int[]> counts = new HashMap<>();
        for (ItemResult result : changed) {
            counts.computeIfAbsent(result.batchId(), id -> new int[2])[result.completed() ? 0 : 1]++;
        }
        return counts;
    }

    private static Statement next(Statement statement, int row) {
        return row == 0 ? statement : statement.add();
    }

    private static void bindNumber(Statement statement, int index, @Nullable Integer number) {
        if (number == null) {
            statement.bindNull(index, Integer.class);
        } else {
            statement.bind(index, number);
        }
    }

    private static Flux<Long> rowsUpdated(Statement statement) {
        return Flux.from(statement.execute()).concatMap(result -> Flux.from(result.getRowsUpdated()));
    }
}
