package dev.triptych.text.api;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body of {@code POST /v1/embeddings}.
 *
 * @param input a string, a list of strings, a list of token ids, or a list of those
 * @param encodingFormat {@code float} or {@code base64}
 * @param dimensions only the model's own
 * @param longInput {@code reject} or {@code split}: what becomes of a text that is longer than the model reads
 * @param user for the client's own bookkeeping
 */
record EmbeddingBody(
        @Nullable String model,
        @Nullable JsonNode input,
        @Nullable String encodingFormat,
        @Nullable Integer dimensions,
        @Nullable String longInput,
        @Nullable String user,
        @Nullable Long deadlineMs,
        @Nullable String priority) {}
