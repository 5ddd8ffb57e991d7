package dev.triptych.text.step;

import dev.triptych.tensor.Tensor;
import java.util.Optional;

/**
 * What a step computed.
 *
 * @param logits raw scores of the next token, float32 {@code [rows, vocabSize]}, or of all positions of each row, float32
 *     {@code [rows, positions, vocabSize]}; {@code [rows, positions, 0]} where only the likeliest tokens were asked for, or of lengths, {@code [rows, lengths]};
 *     valid until the next step
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

    /** How many scores each row of the logits has: tokens of the vocabulary, or lengths where those were predicted. */
    public int columns() {
        return Math.toIntExact(logits.shape().dim(logits.shape().rank() - 1));
    }

    /**
     * The likeliest token of each row, or of each position of each row; valid until the next step.
     *
     * @param ids int64 {@code [rows]} or {@code [rows, positions]}, the lowest id among equals
     * @param logProbs its log-prob, float32, shaped like {@code ids}; NaN where the logits are no numbers
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
