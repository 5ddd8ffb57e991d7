package dev.triptych.text.executor;

import dev.triptych.engine.ModelSession;

/**
 * An encoder–decoder model in Optimum's plain layout, and what the executor must know of it.
 *
 * @param encoder {@code encoder_model}
 * @param firstStep {@code decoder_model}
 * @param nextStep {@code decoder_with_past_model}
 * @param layers decoder layers
 * @param hiddenSize width of the encoder's output
 * @param vocabSize width of the logits
 * @param padTokenId fills the encoder's input behind a shorter row
 * @param decoderStartTokenId the decoder's first input
 */
public record PlainGraphs(
        ModelSession encoder,
        ModelSession firstStep,
        ModelSession nextStep,
        int layers,
        int hiddenSize,
        int vocabSize,
        int padTokenId,
        int decoderStartTokenId) {}
