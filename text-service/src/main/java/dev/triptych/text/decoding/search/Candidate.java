package dev.triptych.text.decoding.search;

import dev.triptych.text.decoding.Hypothesis;
import dev.triptych.text.generation.FinishReason;
import org.jspecify.annotations.Nullable;

/**
 * A beam and one more token.
 *
 * @param beam which of its group's beams it continues
 * @param score sum of its log-probs after all rules, float32 as Hugging Face has it
 * @param hypothesis the beam's tokens and this one
 * @param reason why it ends with this token; {@code null} where it goes on
 */
record Candidate(
        int beam,
        float score,
        Hypothesis hypothesis,
        @Nullable FinishReason reason) {

    boolean ends() {
        return reason != null;
    }
}
