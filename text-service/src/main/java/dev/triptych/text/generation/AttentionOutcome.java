package dev.triptych.text.generation;

import java.time.Duration;

/** What became of a question for attention. */
public sealed interface AttentionOutcome {

    /**
     * How much each target token looked at each source token.
     *
     * @param layers of the decoder
     * @param heads of each layer
     * @param targets tokens of the target
     * @param sources tokens of the source
     * @param values {@code [layers][heads * targets * sources]}, each row of {@code sources} adding up to 1; not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // Thousands of numbers, compared by nobody.
    record Weights(int layers, int heads, int targets, int sources, float[][] values) implements AttentionOutcome {

        /** The weight that a target token gave a source token. */
        public float at(int layer, int head, int target, int source) {
            return values[layer][(head * targets + target) * sources + source];
        }
    }

    /** The model has no graph that shows its attention. */
    record Hidden() implements AttentionOutcome {}

    /** Others have been before for too long, or the model is being unloaded. */
    record Busy(Duration retryAfter) implements AttentionOutcome {}
}
