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
import dev.triptych.tensor.math.Logits;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tries a fused decoder: rows of any length over caches that are written in place. */
final class FusedDecoderProbe {

    private static final int SOURCE = 7;
    private static final int STEPS = 6;
    private static final int LATER = 2;
    private static final int SPARE = 5;
    private static final float STALE = 7;
    private static final double VISIBLE = 1e-4;

    private final Seq2SeqModel.Fused graphs;
    private final Seq2SeqShape shape;
    private final int start;
    private final ProbeTokens tokens;
    private final CheckBounds bounds;

    /** @param start the decoder's first input */
    FusedDecoderProbe(
            Seq2SeqModel.Fused graphs, Seq2SeqShape shape, int start, ProbeTokens tokens, CheckBounds bounds) {
        this.graphs = graphs;
        this.shape = shape;
        this.start = start;
        this.tokens = tokens;
        this.bounds = bounds;
    }

    /**
     * One sequence.
     *
     * @param source what the encoder reads
     * @param prefix what the decoder reads, token by token
     * @param joinsAt the step of its first token
     */
    private record Row(int[] source, int[] prefix, int joinsAt) {

        Row later(int steps) {
            return new Row(source, prefix, steps);
        }

        /** Tokens in its past at a step; 0 until it has joined. */
        int pastAt(int step) {
            return Math.max(0, step - joinsAt);
        }
    }

    /**
     * What lies behind the tokens of a cache.
     *
     * @param spare places more than tokens
     * @param fill the value in them
     */
    private record Behind(int spare, float fill) {

        static final Behind NOTHING = new Behind(0, 0);
    }

    /**
     * @param plain the plain layout's decoder without a past, where a package has one of the same arithmetic
     * @param verifier the graph that verifies drafts on the same caches, where a package has one
     */
    List<ModelCheck> run(@Nullable ModelSession plain, @Nullable ModelSession verifier) {
        Row row = row();
        float[][] alone = steps(List.of(row), Behind.NOTHING).getFirst();
        ModelCheck repeated = bounds.same(
                "determinism",
                compare(steps(List.of(row), Behind.NOTHING).getFirst(), alone),
                "the fused decoder gives the same twice");
        if (!repeated.passed()) {
            return List.of(repeated);
        }
        List<ModelCheck> checks =
                new ArrayList<>(List.of(repeated, padding(row, alone), batch(row, alone), positions(row)));
        if (plain != null) {
            checks.add(bounds.same(
                    "cache",
                    compare(whole(plain, row), alone),
                    "fused steps over the cache give what the plain decoder gives for the whole prefix"));
        }
        if (verifier != null) {
            checks.add(bounds.same(
                    "verification",
                    compare(verified(verifier, row), alone),
                    "several tokens in one pass give what the fused decoder gives one by one"));
        }
        return checks;
    }

    /** Logits of every position in two passes, the second behind the first and over what its padding wrote. */
    private float[][] verified(ModelSession verifier, Row row) {
        float[][] all = new float[STEPS][shape.vocabSize()];
        NamedTensors inputs = new NamedTensors();
        NamedTensors caches = new NamedTensors();
        bind(Attention.SELF, 1, STEPS + SPARE, STALE, inputs, caches);
        bind(Attention.CROSS, 1, SOURCE + SPARE, STALE, inputs, new NamedTensors());
        encode(List.of(row), inputs);
        for (int from = 0; from < STEPS; from += LATER) {
            int count = Math.min(LATER, STEPS - from);
            NamedTensors outputs = new NamedTensors();
            caches.asMap().forEach(outputs::put);
            verify(verifier, row, from, inputs, outputs);
            for (int i = 0; i < count; i++) {
                outputs.get(GraphNames.LOGITS)
                        .copyFloats((long) i * shape.vocabSize(), all[from + i], 0, shape.vocabSize());
                if (Logits.argMax(all[from + i], 0, shape.vocabSize())
                        != outputs.get(GraphNames.BEST_IDS).getLong(i)) {
                    Arrays.fill(all[from + i], Float.NaN);
                }
            }
        }
        return all;
    }

    /** One pass over {@code LATER} tokens and one of padding. */
    private void verify(ModelSession verifier, Row row, int from, NamedTensors inputs, NamedTensors outputs) {
        int width = LATER + 1;
        Tensor ids = allocate(DType.INT64, 1, width);
        for (int i = 0; i < width; i++) {
            ids.setLong(i, i < LATER && from + i < STEPS ? row.prefix()[from + i] : start);
        }
        Tensor past = allocate(DType.INT32, 1);
        past.setInt(0, from);
        Tensor source = allocate(DType.INT32, 1);
        source.setInt(0, SOURCE);
        inputs.put(GraphNames.INPUT_IDS, ids).put(GraphNames.PAST_LENGTHS, past).put(GraphNames.SOURCE_LENGTHS, source);
        outputs.put(GraphNames.LOGITS, allocate(DType.FLOAT32, 1, width, shape.vocabSize()))
                .put(GraphNames.BEST_IDS, allocate(DType.INT64, 1, width))
                .put(GraphNames.BEST_LOG_PROBS, allocate(DType.FLOAT32, 1, width))
                .put(GraphNames.BEST_MARGINS, allocate(DType.FLOAT32, 1, width));
        verifier.run(inputs, outputs);
    }

    private Row row() {
        return new Row(tokens.row(SOURCE), ProbeTokens.concat(new int[] {start}, tokens.row(STEPS - 1)), 0);
    }

    private ModelCheck padding(Row row, float[][] alone) {
        return bounds.beside(
                "padding",
                compare(steps(List.of(row), new Behind(SPARE, STALE)).getFirst(), alone),
                "what lies behind a row's source and its past changes nothing in the fused decoder");
    }

    /** Beside a row of another length, and as one that joins later. */
    private ModelCheck batch(Row row, float[][] alone) {
        float[][] first =
                steps(List.of(row, row().later(LATER)), Behind.NOTHING).getFirst();
        float[][] joined =
                steps(List.of(row(), row.later(LATER)), Behind.NOTHING).getLast();
        Difference difference = new Difference();
        add(difference, first, alone);
        add(difference, joined, alone);
        return bounds.beside(
                "batch", difference.largest(), "a row of the fused decoder ignores its neighbor and when it joined");
    }

    private ModelCheck positions(Row row) {
        int[] same = new int[STEPS];
        Arrays.fill(same, row.prefix()[1]);
        float[][] logits =
                steps(List.of(new Row(row.source(), same, 0)), Behind.NOTHING).getFirst();
        return ModelCheck.moreThan(
                "positions",
                Difference.relative(logits[STEPS - 1], logits[1]),
                VISIBLE,
                "equal tokens in different places are told apart");
    }

    private static double compare(float[][] actual, float[][] reference) {
        Difference difference = new Difference();
        add(difference, actual, reference);
        return difference.largest();
    }

    private static void add(Difference difference, float[][] actual, float[][] reference) {
        for (int i = 0; i < reference.length; i++) {
            difference.add(actual[i], reference[i]);
        }
    }

    /** Logits of every position of each row's prefix, {@code [STEPS, vocabSize]} each. */
    private List<float[][]> steps(List<Row> rows, Behind behind) {
        int longest = rows.stream().mapToInt(Row::joinsAt).max().orElseThrow() + STEPS;
        NamedTensors inputs = new NamedTensors();
        NamedTensors outputs = new NamedTensors();
        bind(Attention.SELF, rows.size(), longest + behind.spare(), behind.fill(), inputs, outputs);
        bind(Attention.CROSS, rows.size(), SOURCE + behind.spare(), behind.fill(), inputs, outputs);
        encode(rows, inputs);
        Tensor logits = allocate(DType.FLOAT32, rows.size(), shape.vocabSize());
        outputs.put(GraphNames.LOGITS, logits)
                .put(GraphNames.BEST_IDS, allocate(DType.INT64, rows.size()))
                .put(GraphNames.BEST_LOG_PROBS, allocate(DType.FLOAT32, rows.size()));
        List<float[][]> all = new ArrayList<>();
        rows.forEach(row -> all.add(new float[STEPS][shape.vocabSize()]));
        for (int step = 0; step < longest; step++) {
            runStep(rows, step, inputs, outputs);
            for (int i = 0; i < rows.size(); i++) {
                int past = rows.get(i).pastAt(step);
                if (step >= rows.get(i).joinsAt() && past < STEPS) {
                    read(outputs, i, all.get(i)[past]);
                }
            }
        }
        return all;
    }

    private void runStep(List<Row> rows, int step, NamedTensors inputs, NamedTensors outputs) {
        Tensor ids = allocate(DType.INT64, rows.size(), 1);
        Tensor pastLengths = allocate(DType.INT32, rows.size());
        Tensor sourceLengths = allocate(DType.INT32, rows.size());
        for (int i = 0; i < rows.size(); i++) {
            int past = Math.min(STEPS - 1, rows.get(i).pastAt(step));
            ids.setLong(i, rows.get(i).prefix()[past]);
            pastLengths.setInt(i, past);
            sourceLengths.setInt(i, SOURCE);
        }
        inputs.put(GraphNames.INPUT_IDS, ids)
                .put(GraphNames.PAST_LENGTHS, pastLengths)
                .put(GraphNames.SOURCE_LENGTHS, sourceLengths);
        graphs.step().run(inputs, outputs);
    }

    /** A row's logits; all NaN where the graph's best token is not the best of them. */
    private void read(NamedTensors outputs, int row, float[] target) {
        int size = shape.vocabSize();
        outputs.get(GraphNames.LOGITS).copyFloats((long) row * size, target, 0, size);
        if (Logits.argMax(target, 0, size) != outputs.get(GraphNames.BEST_IDS).getLong(row)) {
            Arrays.fill(target, Float.NaN);
        }
    }

    /** Buffers that are past and present at once. */
    private void bind(
            Attention attention, int rows, int length, float fill, NamedTensors inputs, NamedTensors outputs) {
        for (int layer = 0; layer < shape.decoderLayers(); layer++) {
            for (Part part : Part.values()) {
                Tensor buffer = allocate(DType.FLOAT32, rows, shape.headCount(), length, shape.headSize());
                for (long i = 0; i < buffer.shape().elementCount(); i++) {
                    buffer.setFloat(i, i % 2 == 0 ? fill : -fill);
                }
                inputs.put(GraphNames.past(layer, attention, part), buffer);
                outputs.put(GraphNames.present(layer, attention, part), buffer);
            }
        }
    }

    /** Each row's source by itself, copied to the front of its place in the cross caches. */
    private void encode(List<Row> rows, NamedTensors inputs) {
        for (int i = 0; i < rows.size(); i++) {
            NamedTensors encoded = encoded(rows.get(i).source());
            for (int layer = 0; layer < shape.decoderLayers(); layer++) {
                for (Part part : Part.values()) {
                    Tensor from = encoded.get(GraphNames.present(layer, Attention.CROSS, part));
                    Tensor to = inputs.get(GraphNames.past(layer, Attention.CROSS, part));
                    long count = (long) SOURCE * shape.headSize();
                    long stride = to.shape().dim(2) * shape.headSize();
                    for (int head = 0; head < shape.headCount(); head++) {
                        to.copyFrom(from, head * count, ((long) i * shape.headCount() + head) * stride, count);
                    }
                }
            }
        }
    }

    private NamedTensors encoded(int[] source) {
        NamedTensors inputs = new NamedTensors()
                .put(GraphNames.INPUT_IDS, ProbeTokens.tensor(source))
                .put(GraphNames.ATTENTION_MASK, ProbeTokens.tensor(ProbeTokens.mask(0, source.length, 0)));
        return graphs.encoder().run(inputs, Set.of());
    }

    /** Logits of every position by the plain decoder, in one run over the same encoder's states. */
    private float[][] whole(ModelSession plain, Row row) {
        NamedTensors inputs = new NamedTensors()
                .put(GraphNames.ENCODER_ATTENTION_MASK, ProbeTokens.tensor(ProbeTokens.mask(0, row.source().length, 0)))
                .put(GraphNames.INPUT_IDS, ProbeTokens.tensor(row.prefix()))
                .put(GraphNames.ENCODER_HIDDEN_STATES, encoded(row.source()).get(GraphNames.LAST_HIDDEN_STATE));
        Tensor logits = plain.run(inputs, Set.of(GraphNames.LOGITS)).get(GraphNames.LOGITS);
        float[][] all = new float[STEPS][shape.vocabSize()];
        for (int i = 0; i < STEPS; i++) {
            logits.copyFloats((long) i * shape.vocabSize(), all[i], 0, shape.vocabSize());
        }
        return all;
    }

    private static Tensor allocate(DType dtype, long... dims) {
        return Tensor.allocate(Arena.ofAuto(), dtype, Shape.of(dims));
    }
}
