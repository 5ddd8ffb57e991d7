package dev.triptych.text.generation;

/** How an {@link EmbeddingRequest} ended. */
public sealed interface EmbeddingOutcome {

    /**
     * The text's vector.
     *
     * @param vector of length 1, {@code [hiddenSize]}; not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // Thousands of numbers, compared by nobody.
    record Embedded(float[] vector) implements EmbeddingOutcome {}

    /**
     * There is none.
     *
     * @param reason why
     * @param message for {@link FinishReason#ERROR} what failed, else empty
     */
    record Ended(FinishReason reason, String message) implements EmbeddingOutcome {}
}
