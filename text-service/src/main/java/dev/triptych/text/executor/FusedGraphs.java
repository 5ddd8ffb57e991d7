package dev.triptych.text.executor;

import dev.triptych.engine.ModelSession;

/**
 * An encoder–decoder model as fused graphs, and what the executor must know of it.
 *
 * @param encoder ids to every decoder layer's cross keys and values
 * @param step one token for each row, over caches that are input and output at once
 * @param layers decoder layers
 * @param headCount heads of the caches
 * @param headSize width of a head
 * @param vocabSize width of the logits
 * @param padTokenId fills the encoder's input behind a shorter row
 * @param decoderStartTokenId the decoder's first input
 */
public record FusedGraphs(
        ModelSession encoder,
        ModelSession step,
        int layers,
        int headCount,
        int headSize,
        int vocabSize,
        int padTokenId,
        int decoderStartTokenId) {}
