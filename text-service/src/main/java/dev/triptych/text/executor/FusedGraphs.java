package dev.triptych.text.executor;

import dev.triptych.engine.ModelSession;
import java.util.Optional;

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
 * @param verifier what makes and verifies drafts, where the model has it
 */
public record FusedGraphs(
        ModelSession encoder,
        ModelSession step,
        int layers,
        int headCount,
        int headSize,
        int vocabSize,
        int padTokenId,
        int decoderStartTokenId,
        Optional<Verifier> verifier) {

    /**
     * Drafting by connectionist temporal classification, and verification by the autoregressive decoder.
     *
     * @param verify several tokens of each row in one pass, over the step graph's caches
     * @param ctc encoder states to the likeliest token of each frame
     * @param upsampling frames for each source token
     * @param blank the frame label that stands for no token
     * @param hiddenSize width of an encoder state
     */
    public record Verifier(ModelSession verify, ModelSession ctc, int upsampling, int blank, int hiddenSize) {}
}
