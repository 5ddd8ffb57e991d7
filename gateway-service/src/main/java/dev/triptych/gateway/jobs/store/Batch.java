package dev.triptych.gateway.jobs.store;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One batch as it stands in the store.
 *
 * @param id               {@code batch_…}
 * @param endpoint         the path that its items go to
 * @param completionWindow as the client wrote it
 * @param metadata         the client's, as JSON
 * @param traceParent      the W3C trace that it was created in
 * @param errors           why it failed as a whole, a JSON list
 * @param keyId            whose it is; {@code null}: nobody's
 * @param since            when each state was reached, of those that were
 */
public record Batch(
        String id,
        String endpoint,
        String inputFileId,
        String completionWindow,
        @Nullable String metadata,
        @Nullable String traceParent,
        BatchStatus status,
        @Nullable String errors,
        @Nullable String outputFileId,
        @Nullable String errorFileId,
        @Nullable String keyId,
        Counts counts,
        Cursor cursor,
        Instant createdAt,
        Instant expiresAt,
        Map<BatchStatus, Instant> since) {

    /**
     * Items by how they ended; what is in neither has not.
     *
     * @param total all lines that hold an item, good or bad
     */
    public record Counts(int total, int completed, int failed) {

        public int ended() {
            return completed + failed;
        }
    }

    /**
     * How far the input has been sent.
     *
     * @param lines   lines read, from the first
     * @param bytes   their length
     * @param items   items among them that were sent
     * @param refused items of the whole file that never will be
     */
    public record Cursor(int lines, long bytes, int items, int refused) {

        public static final Cursor START = new Cursor(0, 0, 0, 0);
    }

    /** Items sent that have not ended. */
    public int inFlight() {
        return cursor.items() - (counts.ended() - cursor.refused());
    }
}
