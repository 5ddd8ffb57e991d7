package dev.triptych.text.model;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.GraphNames.Attention;
import dev.triptych.engine.GraphNames.Part;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.TensorSpec;
import dev.triptych.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Holds a model's graphs against the names, element types and extents that their family must have. */
final class SignatureCheck {

    private static final long ANY = TensorSpec.DYNAMIC;

    private final Seq2SeqShape shape;
    private final List<String> problems = new ArrayList<>();

    SignatureCheck(Seq2SeqShape shape) {
        this.shape = shape;
    }

    /** What does not fit, in words; empty when all does. */
    List<String> check(Seq2SeqModel.Graphs graphs) {
        switch (graphs) {
            case Seq2SeqModel.Plain plain -> plain(plain);
            case Seq2SeqModel.Fused fused -> fused(fused);
        }
        return problems;
    }

    private void fused(Seq2SeqModel.Fused graphs) {
        TensorSpec ids = new TensorSpec(DType.INT64, List.of(ANY, ANY));
        TensorSpec lengths = new TensorSpec(DType.INT32, List.of(ANY));
        graph("fused_encoder_model", graphs.encoder())
                .input(GraphNames.INPUT_IDS, ids)
                .input(GraphNames.ATTENTION_MASK, ids)
                .presents(Attention.CROSS)
                .compare();
        graph("fused_decoder_model", graphs.step())
                .input(GraphNames.INPUT_IDS, new TensorSpec(DType.INT64, List.of(ANY, 1L)))
                .input(GraphNames.PAST_LENGTHS, lengths)
                .input(GraphNames.SOURCE_LENGTHS, lengths)
                .output(GraphNames.LOGITS, new TensorSpec(DType.FLOAT32, List.of(ANY, (long) shape.vocabSize())))
                .output(GraphNames.BEST_IDS, new TensorSpec(DType.INT64, List.of(ANY)))
                .output(GraphNames.BEST_LOG_PROBS, new TensorSpec(DType.FLOAT32, List.of(ANY)))
                .pasts(Attention.SELF)
                .pasts(Attention.CROSS)
                .presents(Attention.SELF)
                .presents(Attention.CROSS)
                .compare();
    }

    private void plain(Seq2SeqModel.Plain graphs) {
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
    }

    private Expectation graph(String name, ModelSession session) {
        return new Expectation(new GraphExpectation(name), session);
    }

    /** What one graph should take and give, caches by attention. */
    private final class Expectation {

        private final GraphExpectation graph;
        private final ModelSession session;

        Expectation(GraphExpectation graph, ModelSession session) {
            this.graph = graph;
            this.session = session;
        }

        Expectation input(String name, TensorSpec spec) {
            graph.input(name, spec);
            return this;
        }

        Expectation output(String name, TensorSpec spec) {
            graph.output(name, spec);
            return this;
        }

        Expectation pasts(Attention attention) {
            forEachCache((layer, part) -> graph.input(GraphNames.past(layer, attention, part), cache()));
            return this;
        }

        Expectation presents(Attention attention) {
            forEachCache((layer, part) -> graph.output(GraphNames.present(layer, attention, part), cache()));
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
            problems.addAll(graph.problems(session.signature()));
        }
    }
}
