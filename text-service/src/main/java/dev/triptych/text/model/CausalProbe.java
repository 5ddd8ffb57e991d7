package dev.triptych.text.model;

import dev.triptych.engine.GraphNames;
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
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;

/** Tries a decoder-only graph, whole, over its cache, and with padding on the left. */
final class CausalProbe {

    private static final int LENGTH = 8;
    private static final int PADDING = 3;
    private static final int KEPT = 4;

    private final ModelSession graph;
    private final CausalShape shape;
    private final ProbeTokens tokens;
    private final CheckBounds bounds;
    private final boolean takesPositions;
    private boolean rowsShareRuns = true;

    CausalProbe(ModelSession graph, CausalShape shape, ProbeTokens tokens, CheckBounds bounds) {
        this.graph = graph;
        this.shape = shape;
        this.tokens = tokens;
        this.bounds = bounds;
        this.takesPositions = graph.signature().inputs().containsKey(GraphNames.POSITION_IDS);
    }

    /** Determinism first: without it no other figure says anything. */
    List<ModelCheck> run() {
        int[] text = tokens.row(LENGTH);
        int[] positions = IntStream.range(0, LENGTH).toArray();
        int[] mask = ProbeTokens.mask(0, LENGTH, 0);
        float[][] logits = whole(text, mask, positions);
        ModelCheck repeated = bounds.same(
                "determinism",
                compare(whole(text, mask, positions), logits, 0, LENGTH),
                "the model gives the same twice");
        if (!repeated.passed()) {
            return List.of(repeated);
        }
        List<ModelCheck> checks = new ArrayList<>(List.of(
                repeated,
                bounds.same(
                        "causality",
                        compare(whole(tokens.changed(text, KEPT), mask, positions), logits, 0, KEPT),
                        "changing a later token changes no earlier logits"),
                padding(text, logits)));
        float[][] cached = steps(List.of(text)).getFirst();
        checks.add(bounds.same(
                "cache",
                compare(cached, logits, KEPT - 1, LENGTH),
                "steps over the cache give what the whole text gives"));
        checks.add(bounds.beside(
                "batch",
                compare(steps(List.of(text, tokens.row(LENGTH))).getFirst(), cached, KEPT - 1, LENGTH),
                "a row ignores its neighbor"));
        if (takesPositions) {
            int[] apart = IntStream.range(0, LENGTH).map(i -> 2 * i).toArray();
            checks.add(ModelCheck.moreThan(
                    "positions",
                    compare(whole(text, mask, apart), logits, 0, LENGTH),
                    0,
                    "tokens that stand farther apart give other logits"));
        }
        return checks;
    }

    /** Whether prompts of different lengths can run together, as {@link #run} found. */
    boolean rowsShareRuns() {
        return rowsShareRuns;
    }

    private ModelCheck padding(int[] text, float[][] logits) {
        int[] padded = ProbeTokens.concat(tokens.row(PADDING), text);
        int[] positions = IntStream.range(0, padded.length)
                .map(i -> Math.max(0, i - PADDING))
                .toArray();
        float[][] all = whole(padded, ProbeTokens.mask(PADDING, text.length, 0), positions);
        double measured = compare(Arrays.copyOfRange(all, PADDING, all.length), logits, 0, LENGTH);
        ModelCheck check = bounds.beside("padding", measured, "masked tokens before a text change nothing");
        if (check.passed() || takesPositions) {
            return check;
        }
        rowsShareRuns = false;
        return new ModelCheck(
                "padding",
                true,
                OptionalDouble.of(measured),
                OptionalDouble.empty(),
                "rows run alone and unpadded, since the graph counts positions itself and takes padding for tokens");
    }

    private static double compare(float[][] actual, float[][] reference, int from, int to) {
        Difference difference = new Difference();
        for (int i = from; i < to; i++) {
            difference.add(actual[i], reference[i]);
        }
        return difference.largest();
    }

    /** Logits of every position, in one run over an empty past. */
    private float[][] whole(int[] text, int[] mask, int[] positions) {
        NamedTensors inputs =
                inputs(ProbeTokens.tensor(text), ProbeTokens.tensor(mask), ProbeTokens.tensor(positions), empty(1));
        Tensor logits = graph.run(inputs, Set.of(GraphNames.LOGITS)).get(GraphNames.LOGITS);
        float[][] rows = new float[text.length][shape.vocabSize()];
        for (int i = 0; i < text.length; i++) {
            logits.copyFloats((long) i * shape.vocabSize(), rows[i], 0, shape.vocabSize());
        }
        return rows;
    }

    /** Logits of each row from the last token of its first part on: that part in one run, then token by token. */
    private List<float[][]> steps(List<int[]> texts) {
        List<float[][]> all = new ArrayList<>();
        texts.forEach(text -> all.add(new float[LENGTH][shape.vocabSize()]));
        NamedTensors past = empty(texts.size());
        int done = 0;
        while (done < LENGTH) {
            int from = done;
            int to = done == 0 ? KEPT : done + 1;
            int[][] ids = texts.stream()
                    .map(text -> Arrays.copyOfRange(text, from, to))
                    .toArray(int[][]::new);
            int[][] masks = new int[ids.length][];
            Arrays.fill(masks, ProbeTokens.mask(0, to, 0));
            int[][] positions = new int[ids.length][];
            Arrays.fill(positions, IntStream.range(from, to).toArray());
            NamedTensors present = graph.run(
                    inputs(ProbeTokens.tensor(ids), ProbeTokens.tensor(masks), ProbeTokens.tensor(positions), past),
                    Set.of());
            for (int row = 0; row < ids.length; row++) {
                long last = (long) row * (to - from) + to - from - 1;
                present.get(GraphNames.LOGITS)
                        .copyFloats(last * shape.vocabSize(), all.get(row)[to - 1], 0, shape.vocabSize());
            }
            past = pastOf(present);
            done = to;
        }
        return all;
    }

    private NamedTensors inputs(Tensor ids, Tensor mask, Tensor positions, NamedTensors past) {
        NamedTensors inputs = new NamedTensors().put(GraphNames.INPUT_IDS, ids).put(GraphNames.ATTENTION_MASK, mask);
        if (takesPositions) {
            inputs.put(GraphNames.POSITION_IDS, positions);
        }
        past.asMap().forEach(inputs::put);
        return inputs;
    }

    private NamedTensors empty(int rows) {
        NamedTensors past = new NamedTensors();
        Tensor nothing = Tensor.allocate(
                Arena.ofAuto(), DType.FLOAT32, Shape.of(rows, shape.keyValueHeads(), 0, shape.headSize()));
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (Part part : Part.values()) {
                past.put(GraphNames.past(layer, part), nothing);
            }
        }
        return past;
    }

    private NamedTensors pastOf(NamedTensors present) {
        NamedTensors past = new NamedTensors();
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (Part part : Part.values()) {
                past.put(GraphNames.past(layer, part), present.get(GraphNames.present(layer, part)));
            }
        }
        return past;
    }
}
