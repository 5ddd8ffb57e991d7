package dev.triptych.wire;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads the records of {@link Topics#JOBS}: the key is the job's id, {@code status} in the value where it stands. */
public final class JobStates {

    private static final Set<String> CANCELLED = Set.of("cancelling", "cancelled", "expired");

    private JobStates() {}

    /** The job, where the record says that nobody waits for its items any more; anything may have written it. */
    public static Optional<String> cancelled(byte @Nullable [] key, byte @Nullable [] value) {
        if (key == null || value == null) {
            return Optional.empty();
        }
        try {
            JsonNode state = WireJson.mapper().readTree(value);
            return CANCELLED.contains(state.path("status").asString(""))
                    ? Optional.of(new String(key, StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
