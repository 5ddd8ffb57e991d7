package dev.triptych.text.generation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One sequence to generate, already validated against the model's {@link GenerationLimits}: nothing unvalidated can be
 * queued.
 *
 * @param id unique among the requests in flight; cancelling names it
 * @param promptIds the encoder's input for a seq2seq model; at least one token, each below the vocabulary's size
 * @param parameters how to generate
 * @param priority who goes first
 * @param deadline when an answer is no longer of use; the sequence then ends with {@link FinishReason#DEADLINE}
 */
public record GenerationRequest(
        String id,
        List<Integer> promptIds,
        GenerationParameters parameters,
        Priority priority,
        Optional<Instant> deadline) {

    public GenerationRequest {
        promptIds = List.copyOf(promptIds);
        if (promptIds.isEmpty()) {
            throw new IllegalArgumentException("a request needs at least one prompt token");
        }
    }

    /** The same with other parameters. */
    public GenerationRequest withParameters(GenerationParameters other) {
        return new GenerationRequest(id, promptIds, other, priority, deadline);
    }
}
