package dev.triptych.vision.vit;

import dev.triptych.vision.batching.RowOutputs;
import dev.triptych.vision.batching.RowOutputs.Array;
import dev.triptych.vision.model.AttentionGraph;
import dev.triptych.wire.AttentionResult.Head;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** From attentions, float32 {@code [heads, tokens, tokens]} a layer, to what the class token looks at. */
final class ClassTokenAttention {

    private ClassTokenAttention() {}

    /**
     * The outputs that an answer needs, and no other.
     *
     * @throws TriptychException.Rejected if the layer is one that the model does not have
     */
    static Set<String> outputs(VisionOptions.Attention options, AttentionGraph.Shape shape) {
        Set<String> names = new HashSet<>();
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
     * Attention of one layer's heads from the class token to the patches.
     *
     * @throws TriptychException.Rejected if the head is one that the layer does not have
     */
    static List<Head> heads(RowOutputs outputs, int layer, OptionalInt only, AttentionGraph.Shape shape) {
        Array attention = outputs.get(AttentionGraph.output(layer));
        int heads = attention.dim(0);
        int tokens = attention.dim(1);
        only.ifPresent(head -> checkBelow("head", head, heads));
        List<Head> answer = new ArrayList<>();
        for (int head = only.orElse(0); head < (only.isPresent() ? only.getAsInt() + 1 : heads); head++) {
            double[] row = new double[tokens];
            for (int token = 0; token < tokens; token++) {
                row[token] = attention.values()[head * tokens * tokens + token];
            }
            answer.add(new Head(layer, head, patches(row, shape)));
        }
        return answer;
    }

    /**
     * Attention rollout: the mean over the heads, half of it the identity for the residual connection, rows made to sum
     * to 1, multiplied through all layers; the class token's row. Only that row is carried, from the last layer to the
     * first. Source: Abnar and Zuidema 2020, "Quantifying Attention Flow in Transformers", arXiv:2005.00928.
     *
     * @return weights of the patches, at least 0; with those of the other tokens they sum to 1
     */
    static List<Float> rollout(RowOutputs outputs, AttentionGraph.Shape shape) {
        double[] row = new double[outputs.get(AttentionGraph.output(0)).dim(1)];
        row[0] = 1;
        for (int layer = shape.layers() - 1; layer >= 0; layer--) {
            row = through(outputs.get(AttentionGraph.output(layer)), row);
        }
        return patches(row, shape);
    }

    /** {@code row · (0.5 · A + 0.5 · I)} with the matrix's rows made to sum to 1. */
    private static double[] through(Array attention, double[] row) {
        int heads = attention.dim(0);
        int tokens = attention.dim(1);
        double[] result = new double[tokens];
        double[] mixed = new double[tokens];
        for (int from = 0; from < tokens; from++) {
            double sum = 0;
            for (int to = 0; to < tokens; to++) {
                double mean = 0;
                for (int head = 0; head < heads; head++) {
                    mean += attention.values()[(head * tokens + from) * tokens + to];
                }
                mixed[to] = 0.5 * mean / heads + (from == to ? 0.5 : 0);
                sum += mixed[to];
            }
            for (int to = 0; to < tokens; to++) {
                result[to] += row[from] * mixed[to] / sum;
            }
        }
        return result;
    }

    /** The last tokens: before them are the class token and, in a distilled model, the distillation token. */
    private static List<Float> patches(double[] tokens, AttentionGraph.Shape shape) {
        int count = shape.rows() * shape.columns();
        List<Float> weights = new ArrayList<>(count);
        for (int token = tokens.length - count; token < tokens.length; token++) {
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
