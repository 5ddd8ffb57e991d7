package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Tensor;
import dev.triptych.text.kvcache.SharedStep;
import dev.triptych.text.step.StepExecutor;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepResult;
import dev.triptych.text.step.StepResult.BestTokens;
import dev.triptych.text.step.StepRow;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Runs steps on fused graphs, in which each row has its own length: prompts that join are encoded straight into cross-
 * attention's cache, then one run of the step graph gives every row a token. Caches are input and output at once, so a
 * step copies none of them. Owned by one engine loop, on its thread.
 */
public final class FusedStepExecutor implements StepExecutor<SharedStep> {

    private final FusedGraphs graphs;
    private final LongSupplier nanoTime;
    private final CacheNames names;
    private final CrossEncoder encoder;
    private final ScratchTensor tokens = new ScratchTensor(DType.INT64);
    private final ScratchTensor pastLengths = new ScratchTensor(DType.INT32);
    private final ScratchTensor sourceLengths = new ScratchTensor(DType.INT32);
    private final ScratchTensor logits = new ScratchTensor(DType.FLOAT32);
    private final ScratchTensor bestIds = new ScratchTensor(DType.INT64);
    private final ScratchTensor bestLogProbs = new ScratchTensor(DType.FLOAT32);
    private final NamedTensors inputs = new NamedTensors();
    private final NamedTensors outputs = new NamedTensors();

    public FusedStepExecutor(FusedGraphs graphs, LongSupplier nanoTime) {
        this.graphs = graphs;
        this.nanoTime = nanoTime;
        this.names = new CacheNames(graphs.layers());
        this.encoder = new CrossEncoder(graphs, names);
    }

    @Override
    public StepOutcome execute(StepPlan.Work plan, SharedStep cache) {
        long began = nanoTime.getAsLong();
        CrossEncoder.Encoded encoded;
        try {
            encoded = encoder.encode(plan.joining(), cache, plan.running().size());
        } catch (RuntimeException e) {
            return new StepOutcome.JoiningFailed(e);
        }
        try {
            return new StepOutcome.Completed(run(plan, cache, encoded, nanoTime.getAsLong() - began));
        } catch (RuntimeException e) {
            return new StepOutcome.Failed(e);
        }
    }

    private StepResult run(StepPlan.Work plan, SharedStep cache, CrossEncoder.Encoded encoded, long encodeNanos) {
        long began = nanoTime.getAsLong();
        int rows = cache.rows();
        bindInputs(plan.running(), cache);
        Tensor scores = logits.view(rows, graphs.vocabSize());
        BestTokens best = new BestTokens(bestIds.view(rows), bestLogProbs.view(rows));
        outputs.put(GraphNames.LOGITS, scores)
                .put(GraphNames.BEST_IDS, best.ids())
                .put(GraphNames.BEST_LOG_PROBS, best.logProbs());
        graphs.step().run(inputs, outputs);
        return new StepResult(
                scores,
                Optional.of(best),
                encoded.sourceTokens(),
                encoded.paddedTokens(),
                encodeNanos,
                nanoTime.getAsLong() - began);
    }

    private void bindInputs(List<StepRow.Decode> running, SharedStep cache) {
        int rows = cache.rows();
        Tensor ids = tokens.view(rows, 1);
        Tensor past = pastLengths.view(rows);
        Tensor source = sourceLengths.view(rows);
        for (int row = 0; row < rows; row++) {
            ids.setLong(row, row < running.size() ? running.get(row).token() : graphs.decoderStartTokenId());
            past.setInt(row, cache.pastLength(row));
            source.setInt(row, cache.sourceLength(row));
        }
        inputs.put(GraphNames.INPUT_IDS, ids).put(GraphNames.PAST_LENGTHS, past).put(GraphNames.SOURCE_LENGTHS, source);
        for (int layer = 0; layer < graphs.layers(); layer++) {
            bind(names.pastKey[layer], names.presentKey[layer], cache.key(layer));
            bind(names.pastValue[layer], names.presentValue[layer], cache.value(layer));
            bind(names.pastCrossKey[layer], names.presentCrossKey[layer], cache.crossKey(layer));
            bind(names.pastCrossValue[layer], names.presentCrossValue[layer], cache.crossValue(layer));
        }
    }

    private void bind(String past, String present, Tensor buffer) {
        inputs.put(past, buffer);
        outputs.put(present, buffer);
    }
}
