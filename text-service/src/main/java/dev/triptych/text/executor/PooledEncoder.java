package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.mask.PaddingMask;
import dev.triptych.text.step.EmbeddingExecutor;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs an encoder and pools its hidden states into one vector of length 1 for each row: the mean over the row's tokens,
 * or its first token's state. Source: Reimers and Gurevych 2019, Sentence-BERT, arXiv:1908.10084. Owned by one embedding
 * loop, on its thread.
 */
public final class PooledEncoder implements EmbeddingExecutor {

    private final EncoderGraph graph;
    private final boolean takesTokenTypes;
    private final boolean takesGlobalTokens;
    private final ScratchTensor ids = new ScratchTensor(DType.INT64);
    private final ScratchTensor mask = new ScratchTensor(DType.INT64);
    private final ScratchTensor types = new ScratchTensor(DType.INT64);
    private final ScratchTensor globals = new ScratchTensor(DType.INT64);
    private final ScratchTensor hidden = new ScratchTensor(DType.FLOAT32);
    private final NamedTensors inputs = new NamedTensors();
    private final NamedTensors outputs = new NamedTensors();

    public PooledEncoder(EncoderGraph graph) {
        this.graph = graph;
        this.takesTokenTypes = graph.session().signature().inputs().containsKey(GraphNames.TOKEN_TYPE_IDS);
        this.takesGlobalTokens = graph.session().signature().inputs().containsKey(GraphNames.GLOBAL_ATTENTION_MASK);
    }

    @Override
    public List<float[]> execute(List<List<Integer>> rows) {
        int[] lengths = rows.stream().mapToInt(List::size).toArray();
        int longest = rows.stream().mapToInt(List::size).max().orElseThrow();
        int width = Math.ceilDiv(longest, graph.lengthMultiple()) * graph.lengthMultiple();
        Tensor idTensor = ids.view(rows.size(), width);
        for (int row = 0; row < lengths.length; row++) {
            List<Integer> tokens = rows.get(row);
            for (int position = 0; position < width; position++) {
                idTensor.setLong(
                        (long) row * width + position,
                        position < lengths[row] ? tokens.get(position) : graph.padTokenId());
            }
        }
        Tensor maskTensor = mask.view(rows.size(), width);
        PaddingMask.write(maskTensor, lengths);
        Tensor states = hidden.view(rows.size(), width, graph.hiddenSize());
        inputs.put(GraphNames.INPUT_IDS, idTensor).put(GraphNames.ATTENTION_MASK, maskTensor);
        if (takesTokenTypes) {
            // One text, so every token is of the first type, which is 0.
            inputs.put(GraphNames.TOKEN_TYPE_IDS, types.view(rows.size(), width));
        }
        if (takesGlobalTokens) {
            inputs.put(GraphNames.GLOBAL_ATTENTION_MASK, firstTokens(rows.size(), width));
        }
        outputs.put(GraphNames.LAST_HIDDEN_STATE, states);
        graph.session().run(inputs, outputs);
        List<float[]> vectors = new ArrayList<>(rows.size());
        for (int row = 0; row < lengths.length; row++) {
            vectors.add(normalized(pooled(states, row, graph.firstToken() ? 1 : lengths[row])));
        }
        return vectors;
    }

    /** The first token of a text attends to all and is attended to by all. */
    private Tensor firstTokens(int rows, int width) {
        Tensor marks = globals.view(rows, width);
        for (int row = 0; row < rows; row++) {
            for (int position = 0; position < width; position++) {
                marks.setLong((long) row * width + position, position == 0 ? 1 : 0);
            }
        }
        return marks;
    }

    /** The mean over the first {@code count} states of a row. */
    private double[] pooled(Tensor states, int row, int count) {
        int size = graph.hiddenSize();
        long start = row * states.shape().dim(1) * size;
        double[] sum = new double[size];
        for (int position = 0; position < count; position++) {
            for (int i = 0; i < size; i++) {
                sum[i] += states.getFloat(start + (long) position * size + i);
            }
        }
        for (int i = 0; i < size; i++) {
            sum[i] /= count;
        }
        return sum;
    }

    /** Divided by its Euclidean length, or by 1e-12 if that is larger, as PyTorch does. */
    private static float[] normalized(double[] vector) {
        double squares = 0;
        for (double value : vector) {
            squares += value * value;
        }
        double length = Math.max(Math.sqrt(squares), 1e-12);
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return unit;
    }
}
