package dev.triptych.gateway.jobs.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.triptych.gateway.jobs.store.StoredFile;
import org.jspecify.annotations.Nullable;

/** OpenAI's file object. */
record FileReply(
        String id,
        long bytes,
        @JsonProperty("created_at") long createdAt,
        @JsonProperty("expires_at") @Nullable Long expiresAt,
        String filename,
        String purpose) {

    static FileReply of(StoredFile file) {
        return new FileReply(
                file.id(),
                file.bytes(),
                file.createdAt().getEpochSecond(),
                file.expiresAt() == null ? null : file.expiresAt().getEpochSecond(),
                file.filename(),
                file.purpose());
    }

    @JsonProperty
    String object() {
        return "file";
    }

    @JsonProperty
    String status() {
        return "processed";
    }

    /** What a deletion answers. */
    record Deleted(String id, String object, boolean deleted) {}
}
