package dev.triptych.text.model;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.TensorSpec;
import dev.triptych.modelpackage.Manifest;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.tensor.DType;
import dev.triptych.text.generation.ParallelDecoders;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Opens the non-autoregressive decoders that {@code triptych.json} names, and holds them against what it says. */
final class NatLoader {

    static final String CTC = "ctc";

    private static final long ANY = TensorSpec.DYNAMIC;

    private NatLoader() {}

    static NatGraphs open(ModelPackage modelPackage, OpenedParts opened) {
        Optional<Manifest> manifest = modelPackage.manifest();
        List<String> ctc = manifest.map(m -> m.graphs(CTC, "graphs")).orElse(List.of());
        if (ctc.isEmpty()) {
            return NatGraphs.NONE;
        }
        if (ctc.size() != 1) {
            throw new ModelPackageException("decoders.ctc.graphs must name one graph, it names " + ctc);
        }
        ParallelDecoders.Ctc decoder = new ParallelDecoders.Ctc(
                number(manifest.get(), CTC, "upsampling"), number(manifest.get(), CTC, "blank"));
        return new NatGraphs(Optional.of(opened.graph(ctc.getFirst())), new ParallelDecoders(Optional.of(decoder)));
    }

    private static int number(Manifest manifest, String decoder, String key) {
        return manifest.integer(decoder, key)
                .orElseThrow(() -> new ModelPackageException("decoders." + decoder + " lacks " + key));
    }

    /** What does not fit in names, types, extents and token ids; empty when all does. */
    static List<String> problems(NatGraphs graphs, ModelSession encoder, Seq2SeqShape shape) {
        List<String> problems = new ArrayList<>();
        if (graphs.ctc().isEmpty()) {
            return problems;
        }
        TensorSpec states = new TensorSpec(DType.FLOAT32, List.of(ANY, ANY, (long) shape.hiddenSize()));
        problems.addAll(new GraphExpectation("the encoder")
                .output(GraphNames.LAST_HIDDEN_STATE, states)
                .missingOutputs(encoder.signature()));
        graphs.ctc()
                .ifPresent(session -> problems.addAll(
                        scorer(new GraphExpectation("ctc"), states, shape).problems(session.signature())));
        graphs.decoders().ctc().ifPresent(decoder -> token(problems, "decoders.ctc.blank", decoder.blank(), shape));
        return problems;
    }

    /** A graph that scores all positions of each row over the encoder's states. */
    private static GraphExpectation scorer(GraphExpectation graph, TensorSpec states, Seq2SeqShape shape) {
        return graph.input(GraphNames.ENCODER_HIDDEN_STATES, states)
                .input(GraphNames.ENCODER_ATTENTION_MASK, new TensorSpec(DType.INT64, List.of(ANY, ANY)))
                .output(GraphNames.LOGITS, new TensorSpec(DType.FLOAT32, List.of(ANY, ANY, (long) shape.vocabSize())))
                .output(GraphNames.BEST_IDS, new TensorSpec(DType.INT64, List.of(ANY, ANY)))
                .output(GraphNames.BEST_LOG_PROBS, new TensorSpec(DType.FLOAT32, List.of(ANY, ANY)));
    }

    private static void token(List<String> problems, String name, int id, Seq2SeqShape shape) {
        if (id >= shape.vocabSize()) {
            problems.add(name + " is " + id + ", but the vocabulary has " + shape.vocabSize() + " tokens");
        }
    }
}
