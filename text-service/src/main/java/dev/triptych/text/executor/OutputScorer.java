package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Tensor;
import dev.triptych.text.kvcache.SourceStates;
import dev.triptych.text.step.StepResult.BestTokens;
import dev.triptych.text.step.StepRow;
import java.util.Arrays;
import java.util.List;

/**
 * Reads whole outputs with the autoregressive decoder, all positions of all rows in one run of the graph that verifies
 * drafts:
 *
 * <pre>
 *   reads    start  das  Bild  .
 *   scores   das    Bild .     end
 * </pre>
 *
 * <p>Owned by one engine loop, on its thread.
 */
final class OutputScorer {

    /** Positions of one run: their logits take memory, and more of them gain nothing. */
    private static final int RUN_POSITIONS = 1024;

    private final ParallelGraphs.Scorer scorer;
    private final CrossStates cross;
    private final CacheNames names;
    private final int vocabSize;
    private final int padTokenId;
    private final ScratchTensor[] caches;
    private final ScratchTensor tokens = new ScratchTensor(DType.INT64);
    private final ScratchTensor pastLengths = new ScratchTensor(DType.INT32);
    private final ScratchTensor sourceLengths = new ScratchTensor(DType.INT32);
    private final ScratchTensor ids = new ScratchTensor(DType.INT64);
    private final ScratchTensor logProbs = new ScratchTensor(DType.FLOAT32);
    private final ScratchTensor margins = new ScratchTensor(DType.FLOAT32);
    private final ScratchTensor scoredIds = new ScratchTensor(DType.INT64);
    private final ScratchTensor scoredLogProbs = new ScratchTensor(DType.FLOAT32);
    private final ScratchTensor logits = new ScratchTensor(DType.FLOAT32);
    private final NamedTensors inputs = new NamedTensors();
    private final NamedTensors outputs = new NamedTensors();

    OutputScorer(ParallelGraphs.Scorer scorer, ParallelGraphs graphs) {
        this.scorer = scorer;
        this.names = new CacheNames(scorer.layers());
        this.cross = new CrossStates(scorer, names, graphs.hiddenSize());
        this.vocabSize = graphs.vocabSize();
        this.padTokenId = graphs.padTokenId();
        this.caches = new ScratchTensor[2 * scorer.layers()];
        Arrays.setAll(caches, part -> new ScratchTensor(DType.FLOAT32));
    }

    /** What the encoder leaves for it. */
    CrossStates cross() {
        return cross;
    }

    /**
     * The tokens of every row with their log-probs, {@code [rows, positions]}; zero behind a shorter row, valid until the
     * next call.
     */
    BestTokens score(List<StepRow.Score> rows, SourceStates states) {
        int width = longest(rows);
        BestTokens scored = new BestTokens(scoredIds.view(rows.size(), width), scoredLogProbs.view(rows.size(), width));
        scored.ids().zero();
        scored.logProbs().zero();
        int from = 0;
        while (from < rows.size()) {
            int to = Math.min(rows.size(), from + Math.max(1, RUN_POSITIONS / width));
            run(rows.subList(from, to), states);
            read(rows.subList(from, to), (long) from * width, width, scored);
            from = to;
        }
        return scored;
    }

    private static int longest(List<StepRow.Score> rows) {
        return Math.max(1, rows.stream().mapToInt(row -> row.ids().size()).max().orElseThrow());
    }

    private void run(List<StepRow.Score> rows, SourceStates states) {
        int width = longest(rows);
        List<Tensor> kept = rows.stream().map(row -> states.of(row.sequence())).toList();
        int source = Math.toIntExact(
                kept.stream().mapToLong(row -> row.shape().dim(0)).max().orElseThrow());
        inputs.clear();
        outputs.clear();
        cross.give(kept, source, inputs);
        bindRows(rows, kept, width);
        bindCaches(rows.size(), width);
        outputs.put(GraphNames.LOGITS, logits.view(rows.size(), width, vocabSize))
                .put(GraphNames.BEST_IDS, ids.view(rows.size(), width))
                .put(GraphNames.BEST_LOG_PROBS, logProbs.view(rows.size(), width))
                .put(GraphNames.BEST_MARGINS, margins.view(rows.size(), width));
        scorer.verify().run(inputs, outputs);
    }

    /** The likeliest token's log-prob says by how much all logits are too large. */
    private void read(List<StepRow.Score> rows, long start, int scoredWidth, BestTokens scored) {
        int width = longest(rows);
        Tensor raw = outputs.get(GraphNames.LOGITS);
        Tensor best = outputs.get(GraphNames.BEST_IDS);
        Tensor bestLogProbs = outputs.get(GraphNames.BEST_LOG_PROBS);
        for (int row = 0; row < rows.size(); row++) {
            List<Integer> output = rows.get(row).ids();
            for (int i = 0; i < output.size(); i++) {
                long place = (long) row * width + i;
                float excess = raw.getFloat(place * vocabSize + best.getLong(place)) - bestLogProbs.getFloat(place);
                long target = start + (long) row * scoredWidth + i;
                scored.ids().setLong(target, output.get(i));
                scored.logProbs().setFloat(target, raw.getFloat(place * vocabSize + output.get(i)) - excess);
            }
        }
    }

    private void bindRows(List<StepRow.Score> rows, List<Tensor> kept, int width) {
        Tensor read = tokens.view(rows.size(), width);
        Tensor past = pastLengths.view(rows.size());
        Tensor source = sourceLengths.view(rows.size());
        for (int row = 0; row < rows.size(); row++) {
            List<Integer> output = rows.get(row).ids();
            long at = (long) row * width;
            read.setLong(at, scorer.decoderStartTokenId());
            for (int i = 1; i < width; i++) {
                read.setLong(at + i, i < output.size() ? output.get(i - 1) : padTokenId);
            }
            past.setInt(row, 0);
            source.setInt(row, Math.toIntExact(kept.get(row).shape().dim(0)));
        }
        inputs.put(GraphNames.INPUT_IDS, read)
                .put(GraphNames.PAST_LENGTHS, past)
                .put(GraphNames.SOURCE_LENGTHS, source);
    }

    /** The graph writes every place of its own caches before it reads it. */
    private void bindCaches(int rows, int width) {
        for (int layer = 0; layer < scorer.layers(); layer++) {
            Tensor key = caches[2 * layer].view(rows, scorer.headCount(), width, scorer.headSize());
            Tensor value = caches[2 * layer + 1].view(rows, scorer.headCount(), width, scorer.headSize());
            inputs.put(names.pastKey[layer], key).put(names.pastValue[layer], value);
            outputs.put(names.presentKey[layer], key).put(names.presentValue[layer], value);
        }
    }
}
