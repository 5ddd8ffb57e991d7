package dev.triptych.text.generation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One text to embed, already validated against the model's {@link GenerationLimits}.
 *
 * @param id unique among the requests in flight; cancelling names it
 * @param tokenIds the encoder's input; at least one token
 * @param priority who goes first
 * @param deadline when an answer is no longer of use
 */
public record EmbeddingRequest(String id, List<Integer> tokenIds, Priority priority, Optional<Instant> deadline) {

    public EmbeddingRequest {
        tokenIds = List.copyOf(tokenIds);
        if (tokenIds.isEmpty()) {
            throw new IllegalArgumentException("a request needs at least one token");
        }
    }
}
