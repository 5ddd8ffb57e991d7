package dev.triptych.text.model;

import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.GraphNames;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.NamedTensors;
import dev.triptych.engine.TensorSpec;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One step of a decoder as a session of its own, where the graph asks for more than the step has: a merged decoder for
 * {@code use_cache_branch} and the other branch's inputs, a decoder with past sometimes for hidden states that its
 * cross-attention no longer reads. What no node reads is zero here; that the graph indeed does not read it is what the
 * comparison of cached with uncached steps shows when the model loads.
 *
 * <p>Used by the owner of the session, on one thread.
 */
final class DecoderBranch implements ModelSession {

    private static final String PAST = "past_key_values.";
    private static final String CROSS_PRESENT = ".encoder.";

    private final ModelSession graph;
    private final Seq2SeqShape shape;
    private final boolean later;
    private final ModelSignature signature;
    private final Tensor flag;
    private final NamedTensors feed = new NamedTensors();
    private Tensor zeros;

    private DecoderBranch(ModelSession graph, Seq2SeqShape shape, boolean later) {
        this.graph = graph;
        this.shape = shape;
        this.later = later;
        Map<String, TensorSpec> inputs = graph.signature().inputs();
        Map<String, TensorSpec> outputs = graph.signature().outputs();
        this.signature = later
                ? new ModelSignature(
                        kept(inputs, name -> !name.equals(GraphNames.ENCODER_HIDDEN_STATES) && !isFlag(name)),
                        kept(outputs, name -> !name.contains(CROSS_PRESENT)))
                : new ModelSignature(kept(inputs, name -> !name.startsWith(PAST) && !isFlag(name)), outputs);
        this.flag = Tensor.allocate(Arena.ofAuto(), DType.BOOL, Shape.of(1));
        this.flag.memory().set(ValueLayout.JAVA_BYTE, 0, (byte) (later ? 1 : 0));
        this.zeros = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(0));
    }

    /** The step without a past. */
    static ModelSession firstStep(ModelSession graph, Seq2SeqShape shape) {
        return isFlagged(graph) ? new DecoderBranch(graph, shape, false) : graph;
    }

    /** The steps over a past. */
    static ModelSession nextStep(ModelSession graph, Seq2SeqShape shape) {
        boolean surplus = graph.signature().inputs().containsKey(GraphNames.ENCODER_HIDDEN_STATES);
        return isFlagged(graph) || surplus ? new DecoderBranch(graph, shape, true) : graph;
    }

    private static boolean isFlagged(ModelSession graph) {
        return graph.signature().inputs().keySet().stream().anyMatch(DecoderBranch::isFlag);
    }

    private static boolean isFlag(String input) {
        return input.equals(GraphNames.USE_CACHE_BRANCH);
    }

    private static Map<String, TensorSpec> kept(Map<String, TensorSpec> specs, Predicate<String> wanted) {
        Map<String, TensorSpec> kept = new LinkedHashMap<>(specs);
        kept.keySet().removeIf(wanted.negate());
        return kept;
    }

    @Override
    public ModelSignature signature() {
        return signature;
    }

    @Override
    public DevicePlacement placement() {
        return graph.placement();
    }

    @Override
    public void run(NamedTensors inputs, NamedTensors outputs) {
        graph.run(complete(inputs), outputs);
    }

    @Override
    public NamedTensors run(NamedTensors inputs, Set<String> wanted) {
        return graph.run(
                complete(inputs), wanted.isEmpty() ? signature.outputs().keySet() : wanted);
    }

    private NamedTensors complete(NamedTensors inputs) {
        feed.clear();
        inputs.asMap().forEach(feed::put);
        long rows = inputs.get(GraphNames.INPUT_IDS).shape().dim(0);
        for (String name : graph.signature().inputs().keySet()) {
            if (isFlag(name)) {
                feed.put(name, flag);
            } else if (!later && name.startsWith(PAST)) {
                feed.put(name, zeros(rows, shape.headCount(), 1, shape.headSize()));
            } else if (later && name.equals(GraphNames.ENCODER_HIDDEN_STATES)) {
                long source =
                        inputs.get(GraphNames.ENCODER_ATTENTION_MASK).shape().dim(1);
                feed.put(name, zeros(rows, source, shape.hiddenSize()));
            }
        }
        return feed;
    }

    private Tensor zeros(long... dims) {
        long needed = Shape.of(dims).elementCount();
        if (zeros.capacity() < needed) {
            zeros = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(Math.max(needed, 2 * zeros.capacity())));
        }
        return zeros.reshaped(dims);
    }

    /** Frees the graph, which the other branch of a merged decoder shares; idempotent. */
    @Override
    public void close() {
        graph.close();
    }
}
