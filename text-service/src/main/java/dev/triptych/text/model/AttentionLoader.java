package dev.triptych.text.model;

import dev.triptych.engine.EngineException;
import dev.triptych.engine.GraphNames;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.TensorSpec;
import dev.triptych.modelpackage.ModelCheck;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Opens the graph that shows a seq2seq model's cross-attention, where the package has one. */
public final class AttentionLoader {

    private static final long ANY = TensorSpec.DYNAMIC;
    private static final String STEM = "attention_model";

    private final ModelSessions sessions;
    private final SessionOptions options;

    public AttentionLoader(ModelSessions sessions, SessionOptions options) {
        this.sessions = sessions;
        this.options = options;
    }

    /**
     * The graph, held against the model's extents; empty where there is none.
     *
     * @param passed hears of the check
     * @return closed by the caller
     * @throws ModelLoadException if it is not the model's
     */
    public Optional<ModelSession> load(ModelPackage modelPackage, Seq2SeqShape shape, Consumer<ModelCheck> passed) {
        Optional<Path> graph = modelPackage.graph(STEM, List.of(""));
        if (graph.isEmpty()) {
            return Optional.empty();
        }
        try {
            ModelSession session = sessions.open(graph.get(), options);
            ModelChecks checks = new ModelChecks();
            boolean sound = false;
            try {
                checks.add(
                        "attention",
                        expected(shape).problems(session.signature()),
                        "the graph of cross-attention takes and gives what it must");
                checks.require();
                checks.all().forEach(passed);
                sound = true;
                return Optional.of(session);
            } finally {
                if (!sound) {
                    session.close();
                }
            }
        } catch (EngineException e) {
            throw new ModelLoadException(List.of(String.valueOf(e.getMessage())));
        }
    }

    private static GraphExpectation expected(Seq2SeqShape shape) {
        TensorSpec ids = new TensorSpec(DType.INT64, List.of(ANY, ANY));
        GraphExpectation expected = new GraphExpectation(STEM)
                .input(GraphNames.INPUT_IDS, ids)
                .input(GraphNames.ATTENTION_MASK, ids)
                .input(GraphNames.DECODER_INPUT_IDS, ids);
        for (int layer = 0; layer < shape.decoderLayers(); layer++) {
            expected.output(
                    GraphNames.crossAttention(layer),
                    new TensorSpec(DType.FLOAT32, List.of(ANY, (long) shape.headCount(), ANY, ANY)));
        }
        return expected;
    }
}
