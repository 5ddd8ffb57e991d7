package dev.triptych.text.translation;

import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Texts to translate in one direction.
 *
 * @param id unique among the requests in flight
 * @param model the model that must be used; empty: the one that serves the pair
 * @param pair the direction
 * @param texts each of any length
 * @param options how
 */
public record TranslationRequest(
        String id, Optional<String> model, LanguagePair pair, List<String> texts, Options options) {

    public TranslationRequest {
        texts = List.copyOf(texts);
    }

    /**
     * How to translate.
     *
     * @param strategy how tokens are chosen
     * @param maxNewTokens bound for each sentence; empty: the model's own
     * @param priority who goes first
     * @param deadline when an answer is no longer of use
     */
    public record Options(Strategy strategy, OptionalInt maxNewTokens, Priority priority, Optional<Instant> deadline) {}
}
