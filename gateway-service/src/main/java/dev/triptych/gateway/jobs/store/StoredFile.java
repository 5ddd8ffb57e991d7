package dev.triptych.gateway.jobs.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A file without its content.
 *
 * @param id        {@code file-…}
 * @param purpose   {@code batch}, or {@code batch_output} for what a batch wrote
 * @param bytes     length of the content
 * @param keyId     whose it is; {@code null}: nobody's
 * @param expiresAt when it may be removed; {@code null}: never
 */
public record StoredFile(
        String id,
        String purpose,
        String filename,
        long bytes,
        @Nullable String keyId,
        Instant createdAt,
        @Nullable Instant expiresAt) {

    /** A file that a client sent. */
    public static final String INPUT = "batch";

    /** A file that a batch wrote. */
    public static final String OUTPUT = "batch_output";
}
