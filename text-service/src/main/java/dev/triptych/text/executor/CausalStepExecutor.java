package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.GraphNames.Part;
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
 * Runs steps on a decoder-only graph. Prompts of different lengths start together, padded on the left, so that all rows
 * grow at the same end; the mask hides the padding, and positions count each row's own tokens:
 *
 * <pre>
 *   ids        · · a b | c        mask   0 0 1 1 | 1        positions   0 0 0 1 | 2
 *              d e f g | h               1 1 1 1 | 1                    0 1 2 3 | 4
 *              prompts   generated
 * </pre>
 *
 * <p>Every tensor is written in place, so a step copies no cache. Owned by one engine loop, on its thread.
 */
public final class CausalStepExecutor implements StepExecutor<CohortStep> {

    /** Prompts are read in parts such that the logits of a part, of which only the last are of use, stay this small. */
    private static final long LOGITS_PER_RUN = 1 << 24;

    private final CausalGraph graph;
    private final LongSupplier nanoTime;
    private final long logitsPerRun;
    private final boolean takesPositions;
    private final ScratchTensor ids = new ScratchTensor(DType.INT64);
    private final ScratchTensor mask = new ScratchTensor(DType.INT64);
    private final ScratchTensor positions = new ScratchTensor(DType.INT64);
    private final ScratchTensor logits = new ScratchTensor(DType.FLOAT32);
    private final ScratchTensor last = new ScratchTensor(DType.FLOAT32);
    private final ScratchTensor nothing = new ScratchTensor(DType.FLOAT32);
    private final PromptParts parts;
    private final NamedTensors inputs = new NamedTensors();
    private final NamedTensors outputs = new NamedTensors();
    private final String[] pastNames;
    private final String[] presentNames;

    public CausalStepExecutor(CausalGraph graph, LongSupplier nanoTime) {
        this(graph, nanoTime, LOGITS_PER_RUN);
    }

    CausalStepExecutor(CausalGraph graph, LongSupplier nanoTime, long logitsPerRun) {
        this.graph = graph;
        this.nanoTime = nanoTime;
        this.logitsPerRun = logitsPerRun;
        this.takesPositions = graph.takesPositions();
        this.parts = new PromptParts(graph);
        this.pastNames = new String[2 * graph.layers()];
        this.presentNames = new String[2 * graph.layers()];
        Arrays.setAll(pastNames, i -> GraphNames.past(i / 2, Part.values()[i % 2]));
        Arrays.setAll(presentNames, i -> GraphNames.present(i / 2, Part.values()[i % 2]));
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
        int width = cache.sourceLength();
        int[] lengths = rows.stream().mapToInt(row -> row.promptIds().size()).toArray();
        PaddingMask.writeLeft(cache.sourceMask(), lengths);
        int part = (int) Math.clamp(logitsPerRun / ((long) rows.size() * graph.vocabSize()), 1, width);
        Tensor[] past = new Tensor[pastNames.length];
        Arrays.fill(past, nothing.view(rows.size(), graph.keyValueHeads(), 0, graph.headSize()));
        PromptScores prompts = new PromptScores(rows, graph.vocabSize());
        int from = 0;
        Tensor scores = logits.view(0);
        while (from < width) {
            int to = Math.min(width, from + part);
            Tensor[] present = to == width ? presents(cache) : parts.next(rows.size(), to);
            scores = run(prompts(rows, lengths, width, from, to), from, past, present, cache);
            prompts.take(scores, width, from, to);
            past = present;
            from = to;
        }
        return new StepResult(
                lastPositions(scores),
                Optional.empty(),
                Arrays.stream(lengths).sum(),
                rows.size() * width,
                nanoTime.getAsLong() - began,
                0,
                Optional.empty(),
                prompts.all());
    }

    private StepResult advance(List<StepRow.Decode> rows, CohortStep cache) {
        long began = nanoTime.getAsLong();
        Tensor tokens = ids.view(rows.size(), 1);
        for (int row = 0; row < rows.size(); row++) {
            tokens.setLong(row, rows.get(row).token());
        }
        Tensor[] past = new Tensor[pastNames.length];
        Arrays.setAll(past, i -> i % 2 == 0 ? cache.pastKey(i / 2) : cache.pastValue(i / 2));
        Tensor scores = run(tokens, (int) past[0].shape().dim(2), past, presents(cache), cache);
        return new StepResult(lastPositions(scores), Optional.empty(), 0, 0, 0, nanoTime.getAsLong() - began);
    }

    private static Tensor[] presentsOf(CohortStep cache, int count) {
        Tensor[] present = new Tensor[count];
        Arrays.setAll(present, i -> i % 2 == 0 ? cache.presentKey(i / 2) : cache.presentValue(i / 2));
        return present;
    }

    private Tensor[] presents(CohortStep cache) {
        return presentsOf(cache, presentNames.length);
    }

    /** Columns {@code from} to {@code to} of the left-padded prompts, int64 {@code [rows, to - from]}. */
    private Tensor prompts(List<StepRow.Prefill> rows, int[] lengths, int width, int from, int to) {
        Tensor tokens = ids.view(rows.size(), to - from);
        long index = 0;
        for (int row = 0; row < lengths.length; row++) {
            List<Integer> prompt = rows.get(row).promptIds();
            int padding = width - lengths[row];
            for (int column = from; column < to; column++) {
                tokens.setLong(index++, column < padding ? graph.padTokenId() : prompt.get(column - padding));
            }
        }
        return tokens;
    }

    /**
     * One run of the graph.
     *
     * @param tokens new tokens, int64 {@code [rows, count]}
     * @param length tokens of each row in the past
     * @return logits, float32 {@code [rows, count, vocabSize]}
     */
    private Tensor run(Tensor tokens, int length, Tensor[] past, Tensor[] present, CohortStep cache) {
        int rows = (int) tokens.shape().dim(0);
        int count = (int) tokens.shape().dim(1);
        Tensor whole = mask.view(rows, length + count);
        Tensor places = positions.view(rows, count);
        for (int row = 0; row < rows; row++) {
            int padding = padding(cache.sourceMask(), row);
            for (int column = 0; column < length + count; column++) {
                whole.setLong((long) row * (length + count) + column, column < padding ? 0 : 1);
            }
            for (int i = 0; i < count; i++) {
                places.setLong((long) row * count + i, Math.max(0, length + i - padding));
            }
        }
        Tensor scores = logits.view(rows, count, graph.vocabSize());
        inputs.put(GraphNames.INPUT_IDS, tokens).put(GraphNames.ATTENTION_MASK, whole);
        if (takesPositions) {
            inputs.put(GraphNames.POSITION_IDS, places);
        }
        outputs.put(GraphNames.LOGITS, scores);
        for (int i = 0; i < pastNames.length; i++) {
            inputs.put(pastNames[i], past[i]);
            outputs.put(presentNames[i], present[i]);
        }
        graph.session().run(inputs, outputs);
        return scores;
    }

    /** Positions before a row's first token. */
    private static int padding(Tensor sourceMask, int row) {
        long width = sourceMask.shape().dim(1);
        int padding = 0;
        while (padding < width && sourceMask.getLong(row * width + padding) == 0) {
            padding++;
        }
        return padding;
    }

    /** The logits of each row's last position, float32 {@code [rows, vocabSize]}. */
    private Tensor lastPositions(Tensor scores) {
        int rows = (int) scores.shape().dim(0);
        long count = scores.shape().dim(1);
        long size = graph.vocabSize();
        if (count == 1) {
            return scores.reshaped(rows, size);
        }
        Tensor chosen = last.view(rows, size);
        for (int row = 0; row < rows; row++) {
            chosen.copyFrom(scores, (row * count + count - 1) * size, row * size, size);
        }
        return chosen;
    }
}
