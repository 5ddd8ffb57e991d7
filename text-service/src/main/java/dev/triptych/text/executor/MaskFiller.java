package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.mask.PaddingMask;
import dev.triptych.text.kvcache.SourceStates;
import dev.triptych.text.step.StepResult.BestTokens;
import dev.triptych.text.step.StepRow;
import java.util.List;

/** Scores all places of masked outputs in one run of a mask-predict decoder. Owned by one engine loop, on its thread. */
final class MaskFiller {

    private final ModelSession decoder;
    private final int hiddenSize;
    private final int vocabSize;
    private final PromptTensors targets;
    private final ScratchTensor hidden = new ScratchTensor(DType.FLOAT32);
    private final ScratchTensor sourceMask = new ScratchTensor(DType.INT64);
    private final ScratchTensor ids = new ScratchTensor(DType.INT64);
    private final ScratchTensor logProbs = new ScratchTensor(DType.FLOAT32);
    private final ScratchTensor logits = new ScratchTensor(DType.FLOAT32);
    private final NamedTensors outputs = new NamedTensors();

    /** @param decoder {@code mask_predict_model} */
    MaskFiller(ModelSession decoder, int hiddenSize, int vocabSize, int padTokenId) {
        this.decoder = decoder;
        this.hiddenSize = hiddenSize;
        this.vocabSize = vocabSize;
        this.targets = new PromptTensors(padTokenId);
    }

    /**
     * Places of every row; valid until the next call.
     *
     * @param best the likeliest token of each, {@code [rows, places]}
     * @param logits raw scores, float32 {@code [rows, places, vocabSize]}, or {@code [rows, places, 0]} where not asked for
     */
    record Places(BestTokens best, Tensor logits) {}

    Places fill(List<StepRow.Refine> rows, SourceStates states) {
        int[] lengths = rows.stream().mapToInt(row -> row.ids().size()).toArray();
        int width = rows.stream().mapToInt(row -> row.ids().size()).max().orElseThrow();
        boolean withLogits = rows.stream().anyMatch(StepRow.Refine::logits);
        NamedTensors inputs =
                targets.pack(rows.stream().map(StepRow.Refine::ids).toList(), lengths, width);
        gather(rows, states, inputs);
        BestTokens best = new BestTokens(ids.view(rows.size(), width), logProbs.view(rows.size(), width));
        Tensor scores = logits.view(rows.size(), width, withLogits ? vocabSize : 0);
        outputs.clear();
        outputs.put(GraphNames.BEST_IDS, best.ids()).put(GraphNames.BEST_LOG_PROBS, best.logProbs());
        if (withLogits) {
            outputs.put(GraphNames.LOGITS, scores);
        }
        decoder.run(inputs, outputs);
        return new Places(best, scores);
    }

    /** Each row's source states, padded with zeros. */
    private void gather(List<StepRow.Refine> rows, SourceStates states, NamedTensors inputs) {
        int[] lengths = rows.stream()
                .mapToInt(row -> (int) states.of(row.sequence()).shape().dim(0))
                .toArray();
        int width = 0;
        for (int length : lengths) {
            width = Math.max(width, length);
        }
        Tensor all = hidden.view(rows.size(), width, hiddenSize);
        Tensor mask = sourceMask.view(rows.size(), width);
        PaddingMask.write(mask, lengths);
        for (int row = 0; row < lengths.length; row++) {
            long start = (long) row * width * hiddenSize;
            long count = (long) lengths[row] * hiddenSize;
            all.copyFrom(states.of(rows.get(row).sequence()), 0, start, count);
            all.zero(start + count, (long) (width - lengths[row]) * hiddenSize);
        }
        inputs.put(GraphNames.ENCODER_HIDDEN_STATES, all).put(GraphNames.ENCODER_ATTENTION_MASK, mask);
    }
}
