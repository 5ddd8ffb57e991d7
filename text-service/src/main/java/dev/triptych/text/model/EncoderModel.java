package dev.triptych.text.model;

import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.SharedSession;
import dev.triptych.text.tokenizer.Tokenizer;

/**
 * A loaded and checked encoder.
 *
 * @param name the package's name
 * @param shape sizes
 * @param pooling how hidden states become one vector
 * @param padTokenId stands behind a shorter row
 * @param tokenizer text to ids
 * @param graph ids to hidden states; clients may run it beside the loop
 * @param rowsIndependent whether texts may share a run of the graph
 */
public record EncoderModel(
        String name,
        EncoderShape shape,
        Pooling pooling,
        int padTokenId,
        Tokenizer tokenizer,
        SharedSession graph,
        boolean rowsIndependent)
        implements AutoCloseable {

    /**
     * Sizes that the graph must agree with.
     *
     * @param vocabSize tokens of the vocabulary
     * @param hiddenSize width of a hidden state
     * @param maxTokens the longest input
     * @param lengthMultiple the graph takes inputs whose length is a multiple of this
     */
    public record EncoderShape(int vocabSize, int hiddenSize, int maxTokens, int lengthMultiple) {

        /** The same for texts of at most so many tokens. */
        EncoderShape atMost(int tokens) {
            return new EncoderShape(vocabSize, hiddenSize, Math.min(maxTokens, tokens), lengthMultiple);
        }
    }

    /** How hidden states become one vector. */
    public enum Pooling {
        /** The mean over all tokens. */
        MEAN,
        /** The first token's state. */
        CLS
    }

    public DevicePlacement placement() {
        return graph.placement();
    }

    /** Frees graph and tokenizer. The loop that runs them must have ended. */
    @Override
    public void close() {
        graph.close();
        tokenizer.close();
    }
}
