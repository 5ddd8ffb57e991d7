package dev.triptych.text.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body of the Open Inference Protocol's {@code generate} and {@code generate_stream}.
 *
 * @param id the client's own, given back
 * @param textInput the prompt
 * @param parameters fields of a completion by their names there, and {@code details}
 */
record GenerateBody(
        @Nullable String id,
        @Nullable JsonNode textInput,
        @Nullable Map<String, JsonNode> parameters) {}
