package dev.triptych.text.model;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.NamedTensors;
import dev.triptych.modelpackage.ModelCheck;
import dev.triptych.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Tries an encoder, a model's own or that of an encoder–decoder. */
final class EncoderProbe {

    private static final int LENGTH = 7;
    private static final int PADDING = 4;

    /** Runs that only differ in the order of sums differ by less. */
    private static final double VISIBLE = 1e-4;

    private final ModelSession encoder;
    private final ProbeTokens tokens;
    private final CheckBounds bounds;
    private final int multiple;

    EncoderProbe(ModelSession encoder, ProbeTokens tokens, CheckBounds bounds) {
        this(encoder, tokens, bounds, 1);
    }

    /** @param multiple rows are padded to a multiple of this length */
    EncoderProbe(ModelSession encoder, ProbeTokens tokens, CheckBounds bounds, int multiple) {
        this.multiple = multiple;
        this.encoder = encoder;
        this.tokens = tokens;
        this.bounds = bounds;
    }

    /** Determinism first: without it no other figure says anything. */
    List<ModelCheck> run() {
        int[] text = tokens.row(LENGTH);
        int[] mask = ProbeTokens.mask(0, text.length, 0);
        float[] alone = states(text, mask);
        ModelCheck repeated = bounds.same(
                "determinism", Difference.relative(states(text, mask), alone), "the encoder gives the same twice");
        if (!repeated.passed()) {
            return List.of(repeated);
        }
        return List.of(repeated, padding(text, alone), batch(text, alone), positions(text, alone));
    }

    private ModelCheck padding(int[] text, float[] alone) {
        int[] padded = ProbeTokens.concat(text, tokens.row(PADDING));
        float[] states = states(padded, ProbeTokens.mask(0, text.length, padded.length - text.length));
        float[] kept = Arrays.copyOf(states, alone.length);
        return bounds.beside(
                "padding",
                Difference.relative(kept, alone),
                "masked tokens behind a text change nothing in the encoder");
    }

    private ModelCheck batch(int[] text, float[] alone) {
        int[] other = tokens.row(text.length);
        int[] mask = ProbeTokens.mask(0, text.length, 0);
        Tensor both = run(ProbeTokens.tensor(whole(text), whole(other)), ProbeTokens.tensor(whole(mask), whole(mask)));
        float[] first = new float[alone.length];
        both.copyFloats(0, first, 0, first.length);
        return bounds.beside("batch", Difference.relative(first, alone), "a row of the encoder ignores its neighbor");
    }

    private ModelCheck positions(int[] text, float[] alone) {
        float[] backwards = states(ProbeTokens.reversed(text), ProbeTokens.mask(0, text.length, 0));
        int width = alone.length / text.length;
        float[] turned = new float[alone.length];
        for (int i = 0; i < text.length; i++) {
            System.arraycopy(backwards, i * width, turned, (text.length - 1 - i) * width, width);
        }
        return ModelCheck.moreThan(
                "positions", Difference.relative(turned, alone), VISIBLE, "the order of tokens matters to the encoder");
    }

    private float[] states(int[] text, int[] mask) {
        Tensor states = run(ProbeTokens.tensor(whole(text)), ProbeTokens.tensor(whole(mask)));
        float[] values = new float[text.length * Math.toIntExact(states.shape().dim(2))];
        states.copyFloats(0, values, 0, values.length);
        return values;
    }

    /** Zeros behind a row up to the length that the graph takes: masked tokens. */
    private int[] whole(int[] row) {
        return Arrays.copyOf(row, Math.ceilDiv(row.length, multiple) * multiple);
    }

    /** Hidden states, float32 {@code [rows, length, hiddenSize]}. */
    Tensor run(Tensor ids, Tensor mask) {
        NamedTensors inputs = new NamedTensors().put(GraphNames.INPUT_IDS, ids).put(GraphNames.ATTENTION_MASK, mask);
        if (encoder.signature().inputs().containsKey(GraphNames.TOKEN_TYPE_IDS)) {
            inputs.put(
                    GraphNames.TOKEN_TYPE_IDS,
                    ProbeTokens.tensor(
                            new int[(int) ids.shape().dim(0)][(int) ids.shape().dim(1)]));
        }
        if (encoder.signature().inputs().containsKey(GraphNames.GLOBAL_ATTENTION_MASK)) {
            int[][] rows = new int[(int) ids.shape().dim(0)][(int) ids.shape().dim(1)];
            for (int[] row : rows) {
                row[0] = 1;
            }
            inputs.put(GraphNames.GLOBAL_ATTENTION_MASK, ProbeTokens.tensor(rows));
        }
        return encoder.run(inputs, Set.of(GraphNames.LAST_HIDDEN_STATE)).get(GraphNames.LAST_HIDDEN_STATE);
    }
}
