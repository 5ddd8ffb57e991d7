package dev.triptych.text.executor;

import dev.triptych.engine.ModelSession;

/**
 * An encoder, and what the executor must know of it.
 *
 * @param session {@code model}: ids to hidden states
 * @param hiddenSize width of a hidden state
 * @param padTokenId stands behind a shorter row
 * @param firstToken whether the first token's state stands for the text, instead of the mean over all tokens
 * @param lengthMultiple rows are padded to a multiple of this length
 */
public record EncoderGraph(
        ModelSession session, int hiddenSize, int padTokenId, boolean firstToken, int lengthMultiple) {}
