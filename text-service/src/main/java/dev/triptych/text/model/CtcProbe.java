package dev.triptych.text.model;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.NamedTensors;
import dev.triptych.modelpackage.ModelCheck;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.math.Logits;
import dev.triptych.text.generation.ParallelDecoders;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Tries a CTC decoder over the states of the model's own encoder. */
final class CtcProbe {

    private static final int LENGTH = 7;
    private static final int PADDING = 4;

    private final ModelSession decoder;
    private final ParallelDecoders.Ctc settings;
    private final Seq2SeqShape shape;
    private final CheckBounds bounds;
    private final float[] text;
    private final float[] other;

    CtcProbe(
            ModelSession decoder,
            ParallelDecoders.Ctc settings,
            Seq2SeqShape shape,
            EncoderProbe encoder,
            ProbeTokens tokens,
            CheckBounds bounds) {
        this.decoder = decoder;
        this.settings = settings;
        this.shape = shape;
        this.bounds = bounds;
        this.text = states(encoder, tokens.row(LENGTH));
        this.other = states(encoder, tokens.row(LENGTH));
    }

    private static float[] states(EncoderProbe encoder, int[] ids) {
        Tensor states = encoder.run(ProbeTokens.tensor(ids), ProbeTokens.tensor(ProbeTokens.mask(0, ids.length, 0)));
        float[] values = new float[Math.toIntExact(states.shape().elementCount())];
        states.copyFloats(0, values, 0, values.length);
        return values;
    }

    /** Frames of all rows as the graph gives them. */
    private record Frames(NamedTensors outputs, int perRow, int vocabSize) {

        float[] logits(int row, int frames) {
            float[] values = new float[frames * vocabSize];
            outputs.get(GraphNames.LOGITS).copyFloats((long) row * perRow * vocabSize, values, 0, values.length);
            return values;
        }

        long id(int row, int frame) {
            return outputs.get(GraphNames.BEST_IDS).getLong((long) row * perRow + frame);
        }

        double logProb(int row, int frame) {
            return outputs.get(GraphNames.BEST_LOG_PROBS).getFloat((long) row * perRow + frame);
        }
    }

    /** Determinism first: without it no other figure says anything. */
    List<ModelCheck> run() {
        int frames = LENGTH * settings.upsampling();
        Frames once = draft(List.of(text), 0);
        if (once.perRow() != frames) {
            return List.of(ModelCheck.of(
                    "upsampling",
                    false,
                    "the ctc decoder gave " + once.perRow() + " frames for " + LENGTH + " tokens, upsampling says "
                            + frames));
        }
        float[] alone = once.logits(0, frames);
        ModelCheck repeated = bounds.same(
                "determinism",
                Difference.relative(draft(List.of(text), 0).logits(0, frames), alone),
                "the ctc decoder gives the same twice");
        if (!repeated.passed()) {
            return List.of(repeated);
        }
        List<ModelCheck> checks = new ArrayList<>(List.of(repeated, best(once, alone, frames)));
        Frames padded = draft(List.of(text), PADDING);
        checks.add(bounds.beside(
                "padding",
                Difference.relative(padded.logits(0, frames), alone),
                "states behind a source change nothing in the ctc decoder"));
        checks.add(blankPadding(padded, frames));
        checks.add(bounds.beside(
                "batch",
                Difference.relative(draft(List.of(text, other), 0).logits(0, frames), alone),
                "a row of the ctc decoder ignores its neighbor"));
        return checks;
    }

    /** What the graph finds likeliest is that of its own logits, with the log-prob that they give it. */
    private ModelCheck best(Frames frames, float[] logits, int count) {
        double apart = 0;
        for (int frame = 0; frame < count; frame++) {
            int offset = frame * shape.vocabSize();
            int likeliest = Logits.argMax(logits, offset, shape.vocabSize());
            double logProb = logits[offset + likeliest] - Logits.logSumExp(logits, offset, shape.vocabSize());
            double difference = Math.abs(logProb - frames.logProb(0, frame));
            boolean same = frames.id(0, frame) == likeliest && Double.isFinite(difference);
            apart = same ? Math.max(apart, difference) : Double.NaN;
            if (!same) {
                break;
            }
        }
        return bounds.same("best", apart, "the ctc decoder's likeliest tokens are those of its logits");
    }

    private ModelCheck blankPadding(Frames padded, int from) {
        boolean blank = true;
        for (int frame = from; frame < padded.perRow(); frame++) {
            blank &= padded.id(0, frame) == settings.blank() && padded.logProb(0, frame) == 0;
        }
        return ModelCheck.of("blank", blank, "frames of padding say blank " + settings.blank() + " with log-prob 0");
    }

    /** @param padding other states behind each row's, which the mask hides */
    private Frames draft(List<float[]> rows, int padding) {
        int width = LENGTH + padding;
        int size = LENGTH * shape.hiddenSize();
        Tensor hidden =
                Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(rows.size(), width, shape.hiddenSize()));
        int[][] masks = new int[rows.size()][];
        for (int row = 0; row < rows.size(); row++) {
            long offset = (long) row * width * shape.hiddenSize();
            hidden.putFloats(offset, rows.get(row), 0, size);
            hidden.putFloats(offset + size, other, 0, padding * shape.hiddenSize());
            masks[row] = ProbeTokens.mask(0, LENGTH, padding);
        }
        NamedTensors inputs = new NamedTensors()
                .put(GraphNames.ENCODER_HIDDEN_STATES, hidden)
                .put(GraphNames.ENCODER_ATTENTION_MASK, ProbeTokens.tensor(masks));
        NamedTensors outputs = decoder.run(inputs, Set.of());
        return new Frames(
                outputs, (int) outputs.get(GraphNames.BEST_IDS).shape().dim(1), shape.vocabSize());
    }
}
