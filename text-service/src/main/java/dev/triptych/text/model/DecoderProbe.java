package dev.triptych.text.model;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.GraphNames.Attention;
import dev.triptych.engine.GraphNames.Part;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.NamedTensors;
import dev.triptych.modelpackage.ModelCheck;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Tries the decoder of an encoder–decoder model in the plain layout, without and with its cache. */
final class DecoderProbe {

    private static final int SOURCE = 7;
    private static final int PADDING = 4;
    private static final int PREFIX = 6;
    private static final int KEPT = 3;
    private static final double VISIBLE = 1e-4;

    private final ModelSession firstStep;
    private final ModelSession nextStep;
    private final Seq2SeqShape shape;
    private final int start;
    private final EncoderProbe encoder;
    private final ProbeTokens tokens;
    private final CheckBounds bounds;

    /**
     * What is tried.
     *
     * @param firstStep without a past
     * @param nextStep over a past
     * @param start the first input
     */
    record Decoder(ModelSession firstStep, ModelSession nextStep, Seq2SeqShape shape, int start) {}

    DecoderProbe(Decoder decoder, EncoderProbe encoder, ProbeTokens tokens, CheckBounds bounds) {
        this.firstStep = decoder.firstStep();
        this.nextStep = decoder.nextStep();
        this.shape = decoder.shape();
        this.start = decoder.start();
        this.encoder = encoder;
        this.tokens = tokens;
        this.bounds = bounds;
    }

    /**
     * What the decoder reads.
     *
     * @param states the encoder's, float32 {@code [rows, length, hiddenSize]}
     * @param mask int64 {@code [rows, length]}
     */
    private record Source(Tensor states, Tensor mask) {}

    /**
     * Determinism first: without it no other figure says anything.
     *
     * @param absolutePositions whether equal tokens in different places are told apart
     */
    List<ModelCheck> run(boolean absolutePositions) {
        Source source = source(tokens.row(SOURCE));
        int[] prefix = prefix();
        float[][] logits = whole(source, prefix);
        float[][] cached = steps(source, List.of(prefix)).getFirst();
        Difference repeats = new Difference();
        add(repeats, whole(source, prefix), logits, PREFIX);
        add(repeats, steps(source, List.of(prefix)).getFirst(), cached, PREFIX);
        ModelCheck repeated = bounds.same("determinism", repeats.largest(), "the decoder gives the same twice");
        if (!repeated.passed()) {
            return List.of(repeated);
        }
        List<ModelCheck> checks = new ArrayList<>(List.of(repeated, causality(source, prefix, logits)));
        checks.add(padding(source, prefix, logits, cached));
        checks.add(bounds.same(
                "cache", compare(cached, logits, PREFIX), "steps over the cache give what the whole prefix gives"));
        checks.add(batch(source, prefix, cached));
        if (absolutePositions) {
            checks.add(positions(source));
        }
        return checks;
    }

    private int[] prefix() {
        return ProbeTokens.concat(new int[] {start}, tokens.row(PREFIX - 1));
    }

    private ModelCheck causality(Source source, int[] prefix, float[][] logits) {
        return bounds.same(
                "causality",
                compare(whole(source, tokens.changed(prefix, KEPT)), logits, KEPT),
                "changing a later token changes no earlier logits");
    }

    /** In both graphs: padding with another text's states behind the source. */
    private ModelCheck padding(Source source, int[] prefix, float[][] logits, float[][] cached) {
        Source padded = padded(source);
        Difference difference = new Difference();
        add(difference, whole(padded, prefix), logits, PREFIX);
        add(difference, steps(padded, List.of(prefix)).getFirst(), cached, PREFIX);
        return bounds.beside(
                "padding", difference.largest(), "masked positions behind the source change nothing in the decoder");
    }

    private ModelCheck batch(Source source, int[] prefix, float[][] alone) {
        Source other = source(tokens.row(SOURCE));
        Source both = new Source(stacked(source.states(), other.states()), stacked(source.mask(), other.mask()));
        return bounds.beside(
                "batch",
                compare(steps(both, List.of(prefix, prefix())).getFirst(), alone, PREFIX),
                "a row of the decoder ignores its neighbor");
    }

    private ModelCheck positions(Source source) {
        int[] same = new int[PREFIX];
        Arrays.fill(same, tokens.row(1)[0]);
        float[][] logits = whole(source, same);
        return ModelCheck.moreThan(
                "positions",
                Difference.relative(logits[PREFIX - 1], logits[1]),
                VISIBLE,
                "equal tokens in different places are told apart");
    }

    private static double compare(float[][] actual, float[][] reference, int count) {
        Difference difference = new Difference();
        add(difference, actual, reference, count);
        return difference.largest();
    }

    private static void add(Difference difference, float[][] actual, float[][] reference, int count) {
        for (int i = 0; i < count; i++) {
            difference.add(actual[i], reference[i]);
        }
    }

    private Source source(int[] text) {
        Tensor mask = ProbeTokens.tensor(ProbeTokens.mask(0, text.length, 0));
        return new Source(encoder.run(ProbeTokens.tensor(text), mask), mask);
    }

    private Source padded(Source source) {
        Tensor other = source(tokens.row(PADDING)).states();
        long own = source.states().shape().elementCount();
        long more = other.shape().elementCount();
        Tensor states =
                Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(1, SOURCE + PADDING, shape.hiddenSize()));
        states.copyFrom(source.states(), 0, 0, own);
        states.copyFrom(other, 0, own, more);
        return new Source(states, ProbeTokens.tensor(ProbeTokens.mask(0, SOURCE, PADDING)));
    }

    private static Tensor stacked(Tensor one, Tensor other) {
        long[] dims = one.shape().toArray();
        dims[0] = 2;
        Tensor both = Tensor.allocate(Arena.ofAuto(), one.dtype(), Shape.of(dims));
        both.copyFrom(one, 0, 0, one.shape().elementCount());
        both.copyFrom(other, 0, one.shape().elementCount(), one.shape().elementCount());
        return both;
    }

    /** Logits of every position of a prefix, in one run without a cache. */
    private float[][] whole(Source source, int[] prefix) {
        Tensor logits = firstStep
                .run(first(source, ProbeTokens.tensor(prefix)), Set.of(GraphNames.LOGITS))
                .get(GraphNames.LOGITS);
        float[][] rows = new float[prefix.length][shape.vocabSize()];
        for (int i = 0; i < prefix.length; i++) {
            logits.copyFloats((long) i * shape.vocabSize(), rows[i], 0, shape.vocabSize());
        }
        return rows;
    }

    /** Logits of every position of each row's prefix, token by token over the cache. */
    private List<float[][]> steps(Source source, List<int[]> prefixes) {
        List<float[][]> all = new ArrayList<>();
        prefixes.forEach(prefix -> all.add(new float[PREFIX][shape.vocabSize()]));
        NamedTensors past = new NamedTensors();
        for (int step = 0; step < PREFIX; step++) {
            int[][] column = new int[prefixes.size()][1];
            for (int row = 0; row < column.length; row++) {
                column[row][0] = prefixes.get(row)[step];
            }
            Tensor ids = ProbeTokens.tensor(column);
            NamedTensors present = step == 0
                    ? firstStep.run(first(source, ids), Set.of())
                    : nextStep.run(next(source, ids, past), Set.of());
            Tensor logits = present.get(GraphNames.LOGITS);
            for (int row = 0; row < column.length; row++) {
                logits.copyFloats((long) row * shape.vocabSize(), all.get(row)[step], 0, shape.vocabSize());
            }
            keep(present, past, step == 0);
        }
        return all;
    }

    private void keep(NamedTensors present, NamedTensors past, boolean cross) {
        for (int layer = 0; layer < shape.decoderLayers(); layer++) {
            for (Part part : Part.values()) {
                for (Attention attention : cross ? Attention.values() : new Attention[] {Attention.SELF}) {
                    past.put(
                            GraphNames.past(layer, attention, part),
                            present.get(GraphNames.present(layer, attention, part)));
                }
            }
        }
    }

    private static NamedTensors first(Source source, Tensor ids) {
        return new NamedTensors()
                .put(GraphNames.ENCODER_ATTENTION_MASK, source.mask())
                .put(GraphNames.INPUT_IDS, ids)
                .put(GraphNames.ENCODER_HIDDEN_STATES, source.states());
    }

    private static NamedTensors next(Source source, Tensor ids, NamedTensors past) {
        NamedTensors inputs = new NamedTensors()
                .put(GraphNames.ENCODER_ATTENTION_MASK, source.mask())
                .put(GraphNames.INPUT_IDS, ids);
        past.asMap().forEach(inputs::put);
        return inputs;
    }
}
