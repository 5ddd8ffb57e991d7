package dev.triptych.text.step;

import dev.triptych.tensor.Tensor;
import dev.triptych.text.generation.PromptToken;
import java.util.List;
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
 * @param speculation where drafts were made or verified
 * @param prompts for each row that joined what its prompt's tokens but the first scored; empty where that was not asked for
 */
public record StepResult(
        Tensor logits,
        Optional<BestTokens> best,
        int sourceTokens,
        int paddedTokens,
        long encodeNanos,
        long decodeNanos,
        Optional<Speculation> speculation,
        List<List<PromptToken>> prompts) {

    /** Of a step whose prompts are not scored. */
    public StepResult(
            Tensor logits,
            Optional<BestTokens> best,
            int sourceTokens,
            int paddedTokens,
            long encodeNanos,
            long decodeNanos,
            Optional<Speculation> speculation) {
        this(logits, best, sourceTokens, paddedTokens, encodeNanos, decodeNanos, speculation, List.of());
    }

    /** Of a step without drafts. */
    public StepResult(
            Tensor logits,
            Optional<BestTokens> best,
            int sourceTokens,
            int paddedTokens,
            long encodeNanos,
            long decodeNanos) {
        this(logits, best, sourceTokens, paddedTokens, encodeNanos, decodeNanos, Optional.empty());
    }

    /**
     * How drafts fared. Position {@code i} of row {@code r} is row {@code r · positions + i} of the logits.
     *
     * @param positions tokens that each row was given: the last one generated and what of its draft there was room for
     * @param margins by how much the likeliest token's log-prob exceeds the next one's, float32 {@code [rows ·
     *     positions]}; empty where a pass over one token decided
     * @param joined drafts of the rows that joined, in their order; empty where they have none
     */
    public record Speculation(int positions, Optional<Tensor> margins, List<Joined> joined) {

        /**
         * A row's draft.
         *
         * @param frames what it is made of
         * @param opening the tokens of it that this step looked at
         */
        public record Joined(DraftFrames frames, List<Integer> opening) {}

        /** The margin of a row of the logits; infinite where a pass over one token decided. */
        public float margin(int place) {
            return margins.map(tensor -> tensor.getFloat(place)).orElse(Float.POSITIVE_INFINITY);
        }
    }

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
