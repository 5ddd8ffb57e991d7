package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Tensor;
import dev.triptych.text.kvcache.SharedStep;
import dev.triptych.text.step.DraftFrames;
import dev.triptych.text.step.DraftOpening;
import dev.triptych.text.step.StepExecutor;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepResult;
import dev.triptych.text.step.StepResult.BestTokens;
import dev.triptych.text.step.StepResult.Speculation.Joined;
import dev.triptych.text.step.StepRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Runs steps on fused graphs, in which each row has its own length: prompts that join are encoded straight into cross-
 * attention's cache, then one run of the step graph gives every row a token. Caches are input and output at once, so a
 * step copies none of them. Where rows have drafts, the verifying graph runs in the step graph's place. Owned by one
 * engine loop, on its thread.
 */
public final class FusedStepExecutor implements StepExecutor<SharedStep> {

    private final FusedGraphs graphs;
    private final DraftOpening opening;
    private final LongSupplier nanoTime;
    private final CacheNames names;
    private final CrossEncoder encoder;
    private final ScratchTensor tokens = new ScratchTensor(DType.INT64);
    private final ScratchTensor pastLengths = new ScratchTensor(DType.INT32);
    private final ScratchTensor sourceLengths = new ScratchTensor(DType.INT32);
    private final ScratchTensor logits = new ScratchTensor(DType.FLOAT32);
    private final ScratchTensor bestIds = new ScratchTensor(DType.INT64);
    private final ScratchTensor bestLogProbs = new ScratchTensor(DType.FLOAT32);
    private final ScratchTensor margins = new ScratchTensor(DType.FLOAT32);
    private final NamedTensors inputs = new NamedTensors();
    private final NamedTensors outputs = new NamedTensors();
    private boolean verified;

    /**
     * @param opening what of a draft the pass verifies with which its row joins
     */
    public FusedStepExecutor(FusedGraphs graphs, DraftOpening opening, LongSupplier nanoTime) {
        this.graphs = graphs;
        this.opening = opening;
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
        List<Joined> joined = joined(encoded.drafts(), rows);
        List<List<Integer>> drafts = drafts(plan.running(), joined, rows);
        int positions = 1;
        for (List<Integer> draft : drafts) {
            positions = Math.max(positions, 1 + draft.size());
        }
        boolean verifies = positions > 1;
        if (verifies) {
            cache.widen(positions);
        }
        if (verifies != verified) {
            // The graphs differ in what they take and give.
            inputs.clear();
            outputs.clear();
            verified = verifies;
        }
        bindRows(plan.running(), drafts, positions, cache);
        bindCaches(cache, verifies);
        int scored = rows * positions;
        Tensor scores = logits.view(scored, graphs.vocabSize());
        BestTokens best = new BestTokens(bestIds.view(scored), bestLogProbs.view(scored));
        Optional<Tensor> leads = verifies ? Optional.of(margins.view(scored)) : Optional.empty();
        if (verifies) {
            outputs.put(GraphNames.LOGITS, logits.view(rows, positions, graphs.vocabSize()))
                    .put(GraphNames.BEST_IDS, bestIds.view(rows, positions))
                    .put(GraphNames.BEST_LOG_PROBS, bestLogProbs.view(rows, positions))
                    .put(GraphNames.BEST_MARGINS, margins.view(rows, positions));
            graphs.verifier().orElseThrow().verify().run(inputs, outputs);
        } else {
            outputs.put(GraphNames.LOGITS, scores)
                    .put(GraphNames.BEST_IDS, best.ids())
                    .put(GraphNames.BEST_LOG_PROBS, best.logProbs());
            graphs.step().run(inputs, outputs);
        }
        boolean drafted = verifies || !joined.isEmpty();
        return new StepResult(
                scores,
                Optional.of(best),
                encoded.sourceTokens(),
                encoded.paddedTokens(),
                encodeNanos,
                nanoTime.getAsLong() - began,
                drafted ? Optional.of(new StepResult.Speculation(positions, leads, joined)) : Optional.empty());
    }

    private List<Joined> joined(List<DraftFrames> drafts, int rows) {
        return drafts.isEmpty()
                ? List.of()
                : drafts.stream()
                        .map(frames -> new Joined(frames, opening.tokens(frames, rows)))
                        .toList();
    }

    /** What each row has to verify; nothing at all where none has a draft. */
    private static List<List<Integer>> drafts(List<StepRow.Decode> running, List<Joined> joined, int rows) {
        if (joined.isEmpty() && !anyDrafted(running)) {
            return List.of();
        }
        List<List<Integer>> drafts = new ArrayList<>(rows);
        running.forEach(row -> drafts.add(row.draft()));
        joined.forEach(draft -> drafts.add(draft.opening()));
        return drafts;
    }

    private static boolean anyDrafted(List<StepRow.Decode> running) {
        for (StepRow.Decode row : running) {
            if (!row.draft().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Tokens and lengths of each row; what stands behind a shorter draft is never looked at. */
    private void bindRows(List<StepRow.Decode> running, List<List<Integer>> drafts, int positions, SharedStep cache) {
        int rows = cache.rows();
        Tensor ids = tokens.view(rows, positions);
        Tensor past = pastLengths.view(rows);
        Tensor source = sourceLengths.view(rows);
        for (int row = 0; row < rows; row++) {
            int last = row < running.size() ? running.get(row).token() : -1;
            List<Integer> draft = row < drafts.size() ? drafts.get(row) : List.of();
            long at = (long) row * positions;
            ids.setLong(at, last < 0 ? graphs.decoderStartTokenId() : last);
            for (int i = 1; i < positions; i++) {
                ids.setLong(at + i, i <= draft.size() ? draft.get(i - 1) : graphs.padTokenId());
            }
            past.setInt(row, cache.pastLength(row));
            source.setInt(row, cache.sourceLength(row));
        }
        inputs.put(GraphNames.INPUT_IDS, ids).put(GraphNames.PAST_LENGTHS, past).put(GraphNames.SOURCE_LENGTHS, source);
    }

    private void bindCaches(SharedStep cache, boolean verifies) {
        for (int layer = 0; layer < graphs.layers(); layer++) {
            bind(names.pastKey[layer], names.presentKey[layer], cache.key(layer));
            bind(names.pastValue[layer], names.presentValue[layer], cache.value(layer));
            if (verifies) {
                inputs.put(names.pastCrossKey[layer], cache.crossKey(layer))
                        .put(names.pastCrossValue[layer], cache.crossValue(layer));
            } else {
                bind(names.pastCrossKey[layer], names.presentCrossKey[layer], cache.crossKey(layer));
                bind(names.pastCrossValue[layer], names.presentCrossValue[layer], cache.crossValue(layer));
            }
        }
    }

    private void bind(String past, String present, Tensor buffer) {
        inputs.put(past, buffer);
        outputs.put(present, buffer);
    }
}
