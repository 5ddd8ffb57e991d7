package dev.triptych.text.model;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.GraphNames.Attention;
import dev.triptych.engine.GraphNames.Part;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.TensorSpec;
import dev.triptych.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Holds the graphs of the plain layout against the names, element types and extents that their family must have. */
final class SignatureCheck {

    private static final long ANY = TensorSpec.DYNAMIC;

    private final Seq2SeqShape shape;
    private final List<String> problems = new ArrayList<>();

    SignatureCheck(Seq2SeqShape shape) {
        this.shape = shape;
    }

    /** What does not fit, in words; empty when all does. */
    List<String> check(Seq2SeqModel.Graphs graphs) {
        TensorSpec ids = new TensorSpec(DType.INT64, List.of(ANY, ANY));
        TensorSpec hidden = new TensorSpec(DType.FLOAT32, List.of(ANY, ANY, (long) shape.hiddenSize()));
        TensorSpec logits = new TensorSpec(DType.FLOAT32, List.of(ANY, ANY, (long) shape.vocabSize()));
        graph("encoder_model", graphs.encoder())
                .input(GraphNames.INPUT_IDS, ids)
                .input(GraphNames.ATTENTION_MASK, ids)
                .output(GraphNames.LAST_HIDDEN_STATE, hidden)
                .compare();
        graph("decoder_model", graphs.firstStep())
                .input(GraphNames.ENCODER_ATTENTION_MASK, ids)
                .input(GraphNames.INPUT_IDS, ids)
                .input(GraphNames.ENCODER_HIDDEN_STATES, hidden)
                .output(GraphNames.LOGITS, logits)
                .presents(Attention.SELF)
                .presents(Attention.CROSS)
                .compare();
        graph("decoder_with_past_model", graphs.nextStep())
                .input(GraphNames.ENCODER_ATTENTION_MASK, ids)
                .input(GraphNames.INPUT_IDS, ids)
                .output(GraphNames.LOGITS, logits)
                .pasts(Attention.SELF)
                .pasts(Attention.CROSS)
                .presents(Attention.SELF)
                .compare();
        return problems;
    }

    private Expectation graph(String name, ModelSession session) {
        return new Expectation(name, session);
    }

    /** What one graph should take and give. */
    private final class Expectation {

        private final String graph;
        private final ModelSession session;
        private final Map<String, TensorSpec> inputs = new LinkedHashMap<>();
        private final Map<String, TensorSpec> outputs = new LinkedHashMap<>();

        Expectation(String graph, ModelSession session) {
            this.graph = graph;
            this.session = session;
        }

        Expectation input(String name, TensorSpec spec) {
            inputs.put(name, spec);
            return this;
        }

        Expectation output(String name, TensorSpec spec) {
            outputs.put(name, spec);
            return this;
        }

        Expectation pasts(Attention attention) {
            forEachCache((layer, part) -> inputs.put(GraphNames.past(layer, attention, part), cache()));
            return this;
        }

        Expectation presents(Attention attention) {
            forEachCache((layer, part) -> outputs.put(GraphNames.present(layer, attention, part), cache()));
            return this;
        }

        private void forEachCache(BiConsumer<Integer, Part> action) {
            for (int layer = 0; layer < shape.decoderLayers(); layer++) {
                for (Part part : Part.values()) {
                    action.accept(layer, part);
                }
            }
        }

        private TensorSpec cache() {
            return new TensorSpec(DType.FLOAT32, List.of(ANY, (long) shape.headCount(), ANY, (long) shape.headSize()));
        }

        void compare() {
            Map<String, TensorSpec> actualInputs = session.signature().inputs();
            compare("input", inputs, actualInputs);
            compare("output", outputs, session.signature().outputs());
            Set<String> unknown = new TreeSet<>(actualInputs.keySet());
            unknown.removeAll(inputs.keySet());
            if (!unknown.isEmpty()) {
                problems.add(graph + " asks for inputs that this layout does not have: " + unknown);
            }
        }

        private void compare(String kind, Map<String, TensorSpec> expected, Map<String, TensorSpec> actual) {
            expected.forEach((name, spec) -> {
                TensorSpec found = actual.get(name);
                if (found == null) {
                    problems.add(graph + " lacks the " + kind + " " + name);
                } else if (!fits(spec, found)) {
                    problems.add(
                            graph + " " + kind + " " + name + " should be " + text(spec) + " but is " + text(found));
                }
            });
        }
    }

    private static boolean fits(TensorSpec expected, TensorSpec actual) {
        if (expected.dtype() != actual.dtype() || expected.rank() != actual.rank()) {
            return false;
        }
        for (int axis = 0; axis < expected.rank(); axis++) {
            long want = expected.dims().get(axis);
            long have = actual.dims().get(axis);
            if (want != ANY && have != ANY && want != have) {
                return false;
            }
        }
        return true;
    }

    private static String text(TensorSpec spec) {
        return spec.dtype() + spec.dims().toString().replace("-1", "?");
    }
}
