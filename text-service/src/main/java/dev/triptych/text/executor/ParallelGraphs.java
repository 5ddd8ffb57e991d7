package dev.triptych.text.executor;

import dev.triptych.engine.ModelSession;
import java.util.Optional;

/**
 * A model's non-autoregressive decoders over its encoder, and what the executor must know of them.
 *
 * @param encoder ids to the hidden states that mask-predict reads
 * @param ctc connectionist temporal classification
 * @param maskPredict iterative refinement
 * @param scorer what scores whole outputs of ctc
 * @param hiddenSize width of a hidden state
 * @param vocabSize width of the logits
 * @param padTokenId fills the encoder's input behind a shorter row
 */
public record ParallelGraphs(
        ModelSession encoder,
        Optional<Ctc> ctc,
        Optional<MaskPredict> maskPredict,
        Optional<Scorer> scorer,
        int hiddenSize,
        int vocabSize,
        int padTokenId) {

    /**
     * @param encoder ids to the states that it reads
     * @param decoder {@code ctc_model}
     * @param upsampling frames for each source token
     */
    public record Ctc(ModelSession encoder, ModelSession decoder, int upsampling) {}

    /**
     * @param decoder {@code mask_predict_model}
     * @param length {@code length_model}
     */
    public record MaskPredict(ModelSession decoder, ModelSession length) {}

    /**
     * The autoregressive decoder over several tokens at once; ctc's encoder gives it cross-attention's keys and values.
     *
     * @param verify {@code fused_verify_model}
     * @param layers decoder layers
     * @param headCount heads of the caches
     * @param headSize width of a head
     * @param decoderStartTokenId the decoder's first input
     */
    public record Scorer(ModelSession verify, int layers, int headCount, int headSize, int decoderStartTokenId) {

        /** Numbers that cross-attention keeps of each source token. */
        public int crossSize() {
            return 2 * layers * headCount * headSize;
        }
    }
}
