package dev.triptych.text.api;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body of {@code POST /v1/completions}.
 *
 * @param prompt a string, a list of strings, a list of token ids, or a list of those
 * @param maxTokens bound on generated tokens; absent: the model's own, as {@code generate()} has it
 * @param user for the client's own bookkeeping
 * @param others every other field, held against {@link CompletionFields}
 */
record CompletionBody(
        @Nullable String model,
        @Nullable JsonNode prompt,
        @Nullable Integer maxTokens,
        @Nullable Boolean stream,
        @Nullable StreamOptions streamOptions,
        @Nullable Boolean returnTokenIds,
        @Nullable String strategy,
        @Nullable Long deadlineMs,
        @Nullable String priority,
        @Nullable String user,
        @JsonAnySetter Map<String, JsonNode> others) {

    /** @param includeUsage a last chunk tells the usage */
    record StreamOptions(
            @Nullable Boolean includeUsage, @Nullable Boolean includeObfuscation) {}

    boolean streams() {
        return Boolean.TRUE.equals(stream);
    }

    boolean wantsTokenIds() {
        return Boolean.TRUE.equals(returnTokenIds);
    }

    boolean wantsUsage() {
        return streamOptions != null && Boolean.TRUE.equals(streamOptions.includeUsage());
    }
}
