package dev.triptych.gateway.errors;

import dev.triptych.wire.ErrorCode;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** OpenAI's error body where no request is answered: in the files that batches write. */
public final class OpenAiError {

    private OpenAiError() {}

    /** @param field the field at fault, where there is one */
    public static JsonNode body(ErrorCode code, String message, @Nullable String field) {
        return ErrorShape.openAi(new Failure(code, message, field, null, Set.of()));
    }
}
