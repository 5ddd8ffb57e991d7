package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.mask.PaddingMask;
import dev.triptych.text.kvcache.CohortStep;
import dev.triptych.text.step.StepExecutor;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepResult;
import dev.triptych.text.step.StepRow;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Runs steps on the plain layout's graphs, whose past has no mask: all rows of a step are equally long, which cohorts
 * see to. Every tensor is written in place, so a step copies no cache and, once buffers have grown, allocates no tensor
 * memory. Owned by one engine loop, on its thread.
 */
public final class PlainStepExecutor implements StepExecutor<CohortStep> {

    private final PlainGraphs graphs;
    private final LongSupplier nanoTime;
    private final SourceEncoder encoder;
    private final ScratchTensor tokens = new ScratchTensor(DType.INT64);
    private final ScratchTensor logits = new ScratchTensor(DType.FLOAT32);
    private final NamedTensors firstInputs = new NamedTensors();
    private final NamedTensors firstOutputs = new NamedTensors();
    private final NamedTensors nextInputs = new NamedTensors();
    private final NamedTensors nextOutputs = new NamedTensors();
    private final CacheNames names;

    public PlainStepExecutor(PlainGraphs graphs, LongSupplier nanoTime) {
        this.graphs = graphs;
        this.nanoTime = nanoTime;
        this.encoder = new SourceEncoder(graphs);
        this.names = new CacheNames(graphs.layers());
    }

    @Override
    public StepOutcome execute(StepPlan.Work plan, CohortStep cache) {
        try {
            return new StepOutcome.Completed(
                    cache.first() ? start(plan.joining(), cache) : advance(plan.running(), cache));
        } catch (RuntimeException e) {
            return new StepOutcome.Failed(e);
        }
    }

    private StepResult start(List<StepRow.Prefill> rows, CohortStep cache) {
        long began = nanoTime.getAsLong();
        SourceEncoder.Encoded source = encoder.encode(rows);
        PaddingMask.write(cache.sourceMask(), source.lengths());
        long encoded = nanoTime.getAsLong();
        Tensor ids = tokens.view(rows.size(), 1);
        for (int row = 0; row < rows.size(); row++) {
            ids.setLong(row, graphs.decoderStartTokenId());
        }
        Tensor scores = logits.view(rows.size(), 1, graphs.vocabSize());
        firstInputs
                .put(GraphNames.ENCODER_ATTENTION_MASK, cache.sourceMask())
                .put(GraphNames.INPUT_IDS, ids)
                .put(GraphNames.ENCODER_HIDDEN_STATES, source.hidden());
        firstOutputs.put(GraphNames.LOGITS, scores);
        bindPresent(firstOutputs, cache);
        for (int layer = 0; layer < graphs.layers(); layer++) {
            firstOutputs.put(names.presentCrossKey[layer], cache.crossKey(layer));
            firstOutputs.put(names.presentCrossValue[layer], cache.crossValue(layer));
        }
        graphs.firstStep().run(firstInputs, firstOutputs);
        int sourceTokens = Arrays.stream(source.lengths()).sum();
        return new StepResult(
                scores.reshaped(rows.size(), graphs.vocabSize()),
                Optional.empty(),
                sourceTokens,
                source.paddedTokens(),
                encoded - began,
                nanoTime.getAsLong() - encoded);
    }

    private StepResult advance(List<StepRow.Decode> rows, CohortStep cache) {
        long began = nanoTime.getAsLong();
        Tensor ids = tokens.view(rows.size(), 1);
        for (int row = 0; row < rows.size(); row++) {
            ids.setLong(row, rows.get(row).token());
        }
        Tensor scores = logits.view(rows.size(), 1, graphs.vocabSize());
        nextInputs.put(GraphNames.ENCODER_ATTENTION_MASK, cache.sourceMask()).put(GraphNames.INPUT_IDS, ids);
        for (int layer = 0; layer < graphs.layers(); layer++) {
            nextInputs.put(names.pastKey[layer], cache.pastKey(layer));
            nextInputs.put(names.pastValue[layer], cache.pastValue(layer));
            nextInputs.put(names.pastCrossKey[layer], cache.crossKey(layer));
            nextInputs.put(names.pastCrossValue[layer], cache.crossValue(layer));
        }
        nextOutputs.put(GraphNames.LOGITS, scores);
        bindPresent(nextOutputs, cache);
        graphs.nextStep().run(nextInputs, nextOutputs);
        return new StepResult(
                scores.reshaped(rows.size(), graphs.vocabSize()),
                Optional.empty(),
                0,
                0,
                0,
                nanoTime.getAsLong() - began);
    }

    private void bindPresent(NamedTensors outputs, CohortStep cache) {
        for (int layer = 0; layer < graphs.layers(); layer++) {
            outputs.put(names.presentKey[layer], cache.presentKey(layer));
            outputs.put(names.presentValue[layer], cache.presentValue(layer));
        }
    }
}
