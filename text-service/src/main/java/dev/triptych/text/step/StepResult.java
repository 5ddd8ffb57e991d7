package dev.triptych.text.step;

import dev.triptych.tensor.Tensor;
import java.util.Optional;

/**
 * What a step computed.
 *
 * @param logits raw scores of the next token, float32 {@code [rows, vocabSize]}; valid until the next step
 * @param best the likeliest tokens, where the graph finds them itself
 * @param sourceTokens prompt tokens that were encoded
 * @param paddedTokens positions that the encoder ran over for them, padding included
 * @param encodeNanos time in the encoder
 * @param decodeNanos time in the decoder
 */
public record StepResult(
        Tensor logits,
        Optional<BestTokens> best,
        int sourceTokens,
        int paddedTokens,
        long encodeNanos,
        long decodeNanos) {

    /**
     * Each row's likeliest token; valid until the next step.
     *
     * @param ids int64 {@code [rows]}, the lowest id among equals
     * @param logProbs its log-prob, float32 {@code [rows]}; NaN where the logits are no numbers
     */
    public record BestTokens(Tensor ids, Tensor logProbs) {

        public int id(int row) {
            return Math.toIntExact(ids.getLong(row));
        }

        public float logProb(int row) {
            return logProbs.getFloat(row);
        }
    }
}
