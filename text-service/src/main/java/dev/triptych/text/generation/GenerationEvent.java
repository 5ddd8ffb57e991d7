package dev.triptych.text.generation;

import java.util.List;

/** What a sink hears of its request: any number of tokens, then exactly one terminal event. */
public sealed interface GenerationEvent {

    /**
     * A token that can no longer change.
     *
     * @param tokenId the token; the end-of-sequence token is reported too
     * @param logProb natural logarithm of its probability under the model
     */
    record TokenGenerated(int tokenId, double logProb) implements GenerationEvent {}

    /** The last event of every request. */
    record Finished(GenerationResult result) implements GenerationEvent {}

    /**
     * All that was generated.
     *
     * @param reason why it ended
     * @param tokenIds generated tokens; decoder start token and padding left out, end-of-sequence kept
     * @param score sum of the tokens' log-probs
     * @param timing where the time went
     * @param message for {@link FinishReason#ERROR} what failed, else empty
     */
    record GenerationResult(
            FinishReason reason, List<Integer> tokenIds, double score, GenerationTiming timing, String message) {

        public GenerationResult {
            tokenIds = List.copyOf(tokenIds);
        }
    }

    /**
     * Where a request's time went.
     *
     * @param queueNanos from submission to admission
     * @param encodeNanos the prompt's pass
     * @param decodeNanos all token passes, shared with the rows of the same batch
     * @param steps decoder passes
     */
    record GenerationTiming(long queueNanos, long encodeNanos, long decodeNanos, int steps) {

        public static final GenerationTiming NONE = new GenerationTiming(0, 0, 0, 0);
    }
}
