package dev.triptych.text.model;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSignature;
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

    private static final String CTC = "ctc";
    private static final String MASK_PREDICT = "mask-predict";

    /** What a package has that does not say, as most of the paper's tables do. */
    private static final int ITERATIONS = 4;

    private static final int LENGTH_CANDIDATES = 3;
    private static final String SPECULATIVE = "speculative";

    private static final String CROSS_KEY = GraphNames.present(0, GraphNames.Attention.CROSS, GraphNames.Part.KEY);

    private static final long ANY = TensorSpec.DYNAMIC;
    private static final TensorSpec IDS = new TensorSpec(DType.INT64, List.of(ANY, ANY));

    private NatLoader() {}

    /** @param fused whether the decoder's caches are those that a verifying graph works on */
    static NatGraphs open(ModelPackage modelPackage, OpenedParts opened, boolean fused) {
        Optional<Manifest> manifest = modelPackage.manifest();
        if (manifest.isEmpty()) {
            return NatGraphs.NONE;
        }
        Optional<List<String>> ctc = graphs(manifest.get(), CTC, 1);
        Optional<List<String>> maskPredict = graphs(manifest.get(), MASK_PREDICT, 2);
        Optional<ModelSession> verify = graphs(manifest.get(), SPECULATIVE, 1)
                .filter(names -> fused && ctc.isPresent())
                .map(names -> opened.graph(names.getFirst()));
        Optional<NatGraphs.Ctc> ctcGraphs = ctc.map(names -> new NatGraphs.Ctc(
                opened.graph(names.getFirst()),
                manifest.get().text(CTC, "encoder").map(opened::graph)));
        return new NatGraphs(
                ctcGraphs,
                maskPredict.map(names ->
                        new NatGraphs.MaskPredict(opened.graph(names.getFirst()), opened.graph(names.getLast()))),
                verify,
                new ParallelDecoders(
                        ctc.map(names -> new ParallelDecoders.Ctc(
                                number(manifest.get(), CTC, "upsampling"), number(manifest.get(), CTC, "blank"))),
                        maskPredict.map(names -> new ParallelDecoders.MaskPredict(
                                number(manifest.get(), MASK_PREDICT, "mask"),
                                manifest.get()
                                        .integer(MASK_PREDICT, "iterations")
                                        .orElse(ITERATIONS),
                                manifest.get()
                                        .integer(MASK_PREDICT, "length_candidates")
                                        .orElse(LENGTH_CANDIDATES))),
                        verify.isPresent(),
                        verify.isPresent()
                                && ctcGraphs.filter(NatLoader::givesCross).isPresent()));
    }

    /** Fused encoders give the keys and values that cross-attention reads. */
    private static boolean givesCross(NatGraphs.Ctc ctc) {
        return ctc.encoder()
                .map(own -> own.signature().outputs().containsKey(CROSS_KEY))
                .orElse(true);
    }

    private static Optional<List<String>> graphs(Manifest manifest, String decoder, int count) {
        List<String> names = manifest.graphs(decoder, "graphs");
        if (!names.isEmpty() && names.size() != count) {
            throw new ModelPackageException(
                    "decoders." + decoder + ".graphs must name " + count + " graphs, it names " + names);
        }
        return names.isEmpty() ? Optional.empty() : Optional.of(names);
    }

    private static int number(Manifest manifest, String decoder, String key) {
        return manifest.integer(decoder, key)
                .orElseThrow(() -> new ModelPackageException("decoders." + decoder + " lacks " + key));
    }

    /** What does not fit in names, types, extents and token ids; empty when all does. */
    static List<String> problems(NatGraphs graphs, ModelSession encoder, Seq2SeqShape shape) {
        List<String> problems = new ArrayList<>();
        if (graphs.ctc().isEmpty() && graphs.maskPredict().isEmpty()) {
            return problems;
        }
        TensorSpec states = new TensorSpec(DType.FLOAT32, List.of(ANY, ANY, (long) shape.hiddenSize()));
        problems.addAll(new GraphExpectation("the encoder")
                .output(GraphNames.LAST_HIDDEN_STATE, states)
                .missingOutputs(encoder.signature()));
        graphs.ctc()
                .ifPresent(ctc -> problems.addAll(scorer(new GraphExpectation("ctc"), states, shape)
                        .problems(ctc.decoder().signature())));
        graphs.ctc()
                .flatMap(NatGraphs.Ctc::encoder)
                .ifPresent(own -> problems.addAll(
                        ctcEncoder(states, shape, graphs.decoders().scoring()).problems(own.signature())));
        graphs.verify().ifPresent(session -> problems.addAll(verifier(shape).problems(session.signature())));
        graphs.decoders().ctc().ifPresent(decoder -> token(problems, "decoders.ctc.blank", decoder.blank(), shape));
        return problems;
    }

    private static GraphExpectation ctcEncoder(TensorSpec states, Seq2SeqShape shape, boolean scoring) {
        GraphExpectation graph = new GraphExpectation("decoders.ctc.encoder")
                .input(GraphNames.INPUT_IDS, IDS)
                .input(GraphNames.ATTENTION_MASK, IDS)
                .output(GraphNames.LAST_HIDDEN_STATE, states);
        TensorSpec cross =
                new TensorSpec(DType.FLOAT32, List.of(ANY, (long) shape.headCount(), ANY, (long) shape.headSize()));
        for (int layer = 0; scoring && layer < shape.decoderLayers(); layer++) {
            for (GraphNames.Part part : GraphNames.Part.values()) {
                graph.output(GraphNames.present(layer, GraphNames.Attention.CROSS, part), cross);
            }
        }
        return graph;
    }

    private static List<String> length(TensorSpec states, ModelSignature signature) {
        List<String> problems = new GraphExpectation("length")
                .input(GraphNames.ENCODER_HIDDEN_STATES, states)
                .input(GraphNames.ENCODER_ATTENTION_MASK, new TensorSpec(DType.INT64, List.of(ANY, ANY)))
                .output(GraphNames.LENGTH_LOGITS, new TensorSpec(DType.FLOAT32, List.of(ANY, ANY)))
                .problems(signature);
        TensorSpec logits = signature.outputs().get(GraphNames.LENGTH_LOGITS);
        if (problems.isEmpty() && logits != null && logits.dims().get(1) < 2) {
            return List.of("length must say how many lengths it knows, at least 0 and 1");
        }
        return problems;
    }

    /** A graph that scores several tokens of each row behind what the step graph's caches hold. */
    private static GraphExpectation verifier(Seq2SeqShape shape) {
        TensorSpec lengths = new TensorSpec(DType.INT32, List.of(ANY));
        TensorSpec cache =
                new TensorSpec(DType.FLOAT32, List.of(ANY, (long) shape.headCount(), ANY, (long) shape.headSize()));
        TensorSpec scored = new TensorSpec(DType.FLOAT32, List.of(ANY, ANY));
        GraphExpectation graph = new GraphExpectation("verify")
                .input(GraphNames.INPUT_IDS, new TensorSpec(DType.INT64, List.of(ANY, ANY)))
                .input(GraphNames.PAST_LENGTHS, lengths)
                .input(GraphNames.SOURCE_LENGTHS, lengths)
                .output(GraphNames.LOGITS, new TensorSpec(DType.FLOAT32, List.of(ANY, ANY, (long) shape.vocabSize())))
                .output(GraphNames.BEST_IDS, new TensorSpec(DType.INT64, List.of(ANY, ANY)))
                .output(GraphNames.BEST_LOG_PROBS, scored)
                .output(GraphNames.BEST_MARGINS, scored);
        for (int layer = 0; layer < shape.decoderLayers(); layer++) {
            for (GraphNames.Part part : GraphNames.Part.values()) {
                graph.input(GraphNames.past(layer, GraphNames.Attention.SELF, part), cache)
                        .input(GraphNames.past(layer, GraphNames.Attention.CROSS, part), cache)
                        .output(GraphNames.present(layer, GraphNames.Attention.SELF, part), cache);
            }
        }
        return graph;
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
