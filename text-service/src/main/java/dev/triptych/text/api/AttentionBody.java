package dev.triptych.text.api;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body of {@code POST /v1/attention}.
 *
 * @param source the text that the encoder reads, or its token ids
 * @param input another name for it
 * @param target the text that the decoder is to say, or its token ids
 * @param layers which of the decoder's, from 0; absent: all
 * @param heads which of each layer's, from 0; absent: all
 */
record AttentionBody(
        @Nullable String model,
        @Nullable JsonNode source,
        @Nullable JsonNode input,
        @Nullable JsonNode target,
        @Nullable List<Integer> layers,
        @Nullable List<Integer> heads) {}
