package dev.triptych.text.model;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.NamedTensors;
import dev.triptych.modelpackage.ModelCheck;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Tries a mask-predict decoder and its length predictor over the states of the model's own encoder. */
final class MaskPredictProbe {

    private static final int SOURCE = 7;
    private static final int TARGET = 5;
    private static final int PADDING = 3;

    private final NatGraphs.MaskPredict graphs;
    private final int mask;
    private final CheckBounds bounds;
    private final Tensor text;
    private final Tensor other;

    MaskPredictProbe(
            NatGraphs.MaskPredict graphs, int mask, EncoderProbe encoder, ProbeTokens tokens, CheckBounds bounds) {
        this.graphs = graphs;
        this.mask = mask;
        this.bounds = bounds;
        this.text = states(encoder, tokens.row(SOURCE));
        this.other = states(encoder, tokens.row(SOURCE));
    }

    private static Tensor states(EncoderProbe encoder, int[] ids) {
        return encoder.run(ProbeTokens.tensor(ids), ProbeTokens.tensor(ProbeTokens.mask(0, ids.length, 0)));
    }

    /** Determinism first: without it no other figure says anything. */
    List<ModelCheck> run() {
        float[] alone = scores(List.of(text), 0);
        ModelCheck repeated = bounds.same(
                "determinism",
                Difference.relative(scores(List.of(text), 0), alone),
                "the mask-predict decoder and its lengths are the same twice");
        if (!repeated.passed()) {
            return List.of(repeated);
        }
        return List.of(
                repeated,
                bounds.beside(
                        "padding",
                        Difference.relative(scores(List.of(text), PADDING), alone),
                        "what lies behind source and output changes nothing in the mask-predict decoder"),
                bounds.beside(
                        "batch",
                        Difference.relative(scores(List.of(text, other), 0), alone),
                        "a row of the mask-predict decoder ignores its neighbor"));
    }

    /** Scores of the first row's places, then of its lengths, each in its own spread. */
    private float[] scores(List<Tensor> rows, int padding) {
        NamedTensors source = source(rows, padding);
        Tensor lengths = graphs.length().run(source, Set.of()).get(GraphNames.LENGTH_LOGITS);
        int[][] ids = new int[rows.size()][TARGET + padding];
        int[][] real = new int[rows.size()][];
        for (int row = 0; row < rows.size(); row++) {
            Arrays.fill(ids[row], mask);
            real[row] = ProbeTokens.mask(0, TARGET, padding);
        }
        source.put(GraphNames.INPUT_IDS, ProbeTokens.tensor(ids))
                .put(GraphNames.ATTENTION_MASK, ProbeTokens.tensor(real));
        Tensor logits = graphs.decoder().run(source, Set.of()).get(GraphNames.LOGITS);
        int places = TARGET * (int) logits.shape().dim(2);
        int classes = (int) lengths.shape().dim(1);
        float[] all = new float[places + classes];
        logits.copyFloats(0, all, 0, places);
        lengths.copyFloats(0, all, places, classes);
        return all;
    }

    /** @param padding other states behind each row's, which the mask hides */
    private NamedTensors source(List<Tensor> rows, int padding) {
        long size = text.shape().dim(2);
        Tensor hidden = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(rows.size(), SOURCE + padding, size));
        int[][] masks = new int[rows.size()][];
        for (int row = 0; row < rows.size(); row++) {
            long start = row * (SOURCE + padding) * size;
            hidden.copyFrom(rows.get(row), 0, start, SOURCE * size);
            hidden.copyFrom(other, 0, start + SOURCE * size, padding * size);
            masks[row] = ProbeTokens.mask(0, SOURCE, padding);
        }
        return new NamedTensors()
                .put(GraphNames.ENCODER_HIDDEN_STATES, hidden)
                .put(GraphNames.ENCODER_ATTENTION_MASK, ProbeTokens.tensor(masks));
    }
}
