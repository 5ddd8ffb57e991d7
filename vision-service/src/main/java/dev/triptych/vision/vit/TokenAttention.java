package dev.triptych.vision.vit;

import dev.triptych.vision.batching.RowOutputs;
import dev.triptych.vision.batching.RowOutputs.Array;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.vision.model.AttentionGraph;
import dev.triptych.vision.model.VisionTask;
import dev.triptych.wire.AttentionResult.Head;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * From attentions, float32 {@code [heads, tokens, tokens]} a layer, to what the tokens that decide look at: the class
 * token, or those that {@link DecidingTokens} names, on average.
 *
 * @param outputs of the graph for one picture
 * @param deciding shares of the tokens, which sum to 1
 * @param patches where the patches are among the tokens
 */
record TokenAttention(RowOutputs outputs, List<Double> deciding, Patches patches) {

    TokenAttention {
        deciding = List.copyOf(deciding);
    }

    /**
     * Where the patches are among the tokens.
     *
     * @param first the first one's place
     * @param count how many there are, row by row
     */
    record Patches(int first, int count) {}

    /** What a picture's attentions say about a task. */
    static TokenAttention of(RowOutputs outputs, VisionTask task, Size grid) {
        Array any = outputs.arrays().entrySet().stream()
                .filter(entry -> AttentionGraph.isOutput(entry.getKey()))
                .findAny()
                .orElseThrow()
                .getValue();
        int tokens = any.dim(1);
        int count = grid.width() * grid.height();
        int queries = task instanceof VisionTask.Detection
                ? outputs.get(VisionTask.LOGITS).dim(0)
                : 0;
        // A detector's queries come last, unless they are the patches themselves.
        int first = tokens >= queries + count ? tokens - queries - count : tokens - count;
        Patches patches = new Patches(first, count);
        return new TokenAttention(outputs, DecidingTokens.of(outputs, task, grid, tokens, patches), patches);
    }

    /**
     * The outputs that an answer needs, and no other.
     *
     * @throws TriptychException.Rejected if the layer is one that the model does not have
     */
    static Set<String> outputs(VisionOptions.Attention options, VisionTask task, AttentionGraph.Shape shape) {
        Set<String> names = new HashSet<>();
        if (!(task instanceof VisionTask.Classification)) {
            names.addAll(task.kind().outputs());
        }
        if (options.layer().isPresent()) {
            int layer = options.layer().getAsInt();
            checkBelow("layer", layer, shape.layers());
            names.add(AttentionGraph.output(layer));
        } else {
            for (int layer = 0; layer < shape.layers(); layer++) {
                names.add(AttentionGraph.output(layer));
            }
        }
        return names;
    }

    /**
     * Attention of one layer's heads from the deciding tokens to the patches.
     *
     * @throws TriptychException.Rejected if the head is one that the layer does not have
     */
    List<Head> heads(int layer, OptionalInt only) {
        Array attention = outputs.get(AttentionGraph.output(layer));
        int heads = attention.dim(0);
        int tokens = attention.dim(1);
        only.ifPresent(head -> checkBelow("head", head, heads));
        List<Head> answer = new ArrayList<>();
        for (int head = only.orElse(0); head < (only.isPresent() ? only.getAsInt() + 1 : heads); head++) {
            double[] row = new double[tokens];
            for (int from = 0; from < tokens; from++) {
                double share = deciding.get(from);
                for (int to = 0; share > 0 && to < tokens; to++) {
                    row[to] += share * attention.values()[(head * tokens + from) * tokens + to];
                }
            }
            answer.add(new Head(layer, head, patches(row)));
        }
        return answer;
    }

    /**
     * Attention rollout: the mean over the heads, half of it the identity for the residual connection, rows made to sum
     * to 1, multiplied through all layers; the deciding tokens' rows. Only their mean is carried, from the last layer to
     * the first. Source: Abnar and Zuidema 2020, "Quantifying Attention Flow in Transformers", arXiv:2005.00928.
     *
     * @return weights of the patches, at least 0; with those of the other tokens they sum to 1
     */
    List<Float> rollout(int layers) {
        double[] row = deciding.stream().mapToDouble(Double::doubleValue).toArray();
        for (int layer = layers - 1; layer >= 0; layer--) {
            row = through(outputs.get(AttentionGraph.output(layer)), row);
        }
        return patches(row);
    }

    /** {@code row · (0.5 · A + 0.5 · I)} with the matrix's rows made to sum to 1. */
    private static double[] through(Array attention, double[] row) {
        int heads = attention.dim(0);
        int tokens = attention.dim(1);
        double[] result = new double[tokens];
        double[] mixed = new double[tokens];
        for (int from = 0; from < tokens; from++) {
            double sum = 0;
            for (int to = 0; row[from] > 0 && to < tokens; to++) {
                double mean = 0;
                for (int head = 0; head < heads; head++) {
                    mean += attention.values()[(head * tokens + from) * tokens + to];
                }
                mixed[to] = 0.5 * mean / heads + (from == to ? 0.5 : 0);
                sum += mixed[to];
            }
            for (int to = 0; row[from] > 0 && to < tokens; to++) {
                result[to] += row[from] * mixed[to] / sum;
            }
        }
        return result;
    }

    private List<Float> patches(double[] tokens) {
        List<Float> weights = new ArrayList<>(patches.count());
        for (int token = patches.first(); token < patches.first() + patches.count(); token++) {
            weights.add((float) tokens[token]);
        }
        return weights;
    }

    private static void checkBelow(String field, int value, int count) {
        if (value >= count) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD, field, field + " must be from 0 to " + (count - 1) + ", got " + value);
        }
    }
}
