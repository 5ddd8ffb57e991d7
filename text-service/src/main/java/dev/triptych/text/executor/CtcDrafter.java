package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Tensor;

/**
 * Scores all frames of encoded sources in one run of a CTC decoder. Source token {@code i} has the frames from {@code i ·
 * upsampling} on; frames of padding say blank with log-prob 0. Owned by one engine loop, on its thread.
 */
final class CtcDrafter {

    private final ModelSession decoder;
    private final int upsampling;
    private final int vocabSize;
    private final ScratchTensor ids = new ScratchTensor(DType.INT64);
    private final ScratchTensor logProbs = new ScratchTensor(DType.FLOAT32);
    private final ScratchTensor logits = new ScratchTensor(DType.FLOAT32);
    private final NamedTensors inputs = new NamedTensors();
    private final NamedTensors outputs = new NamedTensors();

    /**
     * @param decoder {@code ctc_model}
     * @param upsampling frames for each source token
     */
    CtcDrafter(ModelSession decoder, int upsampling, int vocabSize) {
        this.decoder = decoder;
        this.upsampling = upsampling;
        this.vocabSize = vocabSize;
    }

    /**
     * Frames of every row; valid until the next call.
     *
     * @param ids the likeliest token of each, int64 {@code [rows, frames]}
     * @param logProbs its log-prob, float32 {@code [rows, frames]}
     * @param logits raw scores, float32 {@code [rows, frames, vocabSize]}, or {@code [rows, frames, 0]} where not asked for
     */
    record Frames(Tensor ids, Tensor logProbs, Tensor logits) {}

    /**
     * One run.
     *
     * @param hidden the encoder's states, float32 {@code [rows, width, hiddenSize]}; no NaN in the padding
     * @param mask which positions hold tokens, int64 {@code [rows, width]}
     * @param withLogits whether all scores are wanted
     */
    Frames draft(Tensor hidden, Tensor mask, boolean withLogits) {
        long rows = hidden.shape().dim(0);
        long frames = hidden.shape().dim(1) * upsampling;
        Tensor best = ids.view(rows, frames);
        Tensor bestLogProbs = logProbs.view(rows, frames);
        Tensor scores = logits.view(rows, frames, withLogits ? vocabSize : 0);
        inputs.put(GraphNames.ENCODER_HIDDEN_STATES, hidden).put(GraphNames.ENCODER_ATTENTION_MASK, mask);
        outputs.clear();
        outputs.put(GraphNames.BEST_IDS, best).put(GraphNames.BEST_LOG_PROBS, bestLogProbs);
        if (withLogits) {
            outputs.put(GraphNames.LOGITS, scores);
        }
        decoder.run(inputs, outputs);
        return new Frames(best, bestLogProbs, scores);
    }
}
