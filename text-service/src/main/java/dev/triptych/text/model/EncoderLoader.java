package dev.triptych.text.model;

import dev.triptych.engine.EngineException;
import dev.triptych.engine.GraphNames;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.TensorSpec;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.tensor.DType;
import dev.triptych.text.model.EncoderModel.EncoderShape;
import java.util.ArrayList;
import java.util.List;

/** Loads encoders, and refuses those that would fail or answer wrongly. */
public final class EncoderLoader {

    private static final long ANY = TensorSpec.DYNAMIC;

    private final ModelSessions sessions;
    private final SessionOptions options;
    private final List<String> variants;

    /** @param variants suffixes to try for each graph, in order; the plain graph is always tried last */
    public EncoderLoader(ModelSessions sessions, SessionOptions options, List<String> variants) {
        this.sessions = sessions;
        this.options = options;
        this.variants = List.copyOf(variants);
    }

    /**
     * Loads and checks a model.
     *
     * @throws ModelLoadException saying all that is wrong with it
     */
    public EncoderModel load(ModelPackage modelPackage) {
        List<String> corrupt = modelPackage.corruptFiles();
        if (!corrupt.isEmpty()) {
            throw new ModelLoadException(corrupt);
        }
        try {
            return build(modelPackage);
        } catch (ModelPackageException | EngineException | IllegalArgumentException e) {
            throw new ModelLoadException(List.of(String.valueOf(e.getMessage())));
        }
    }

    private EncoderModel build(ModelPackage modelPackage) {
        Sizes sizes = new Sizes(modelPackage.config());
        int positions = sizes.size("max_position_embeddings", 512);
        int maxTokens = modelPackage
                .settings("sentence_bert_config.json")
                .integer("max_seq_length")
                .orElse(positions);
        EncoderShape shape = new EncoderShape(
                sizes.size("vocab_size", 30522), sizes.size("hidden_size", 768), Math.min(maxTokens, positions));
        int padTokenId = modelPackage.config().integer("pad_token_id").orElse(0);
        try (OpenedParts opened = new OpenedParts(modelPackage, sessions, options, variants)) {
            EncoderModel model = new EncoderModel(
                    modelPackage.name(),
                    shape,
                    PoolingReader.read(modelPackage),
                    padTokenId,
                    opened.tokenizer(),
                    opened.graph("model"),
                    GraphArithmetic.of(opened.operators("model")).rowsIndependent());
            verify(model);
            opened.keep();
            return model;
        }
    }

    private static void verify(EncoderModel model) {
        EncoderShape shape = model.shape();
        List<String> problems = new ArrayList<>();
        int tokenizerSize = model.tokenizer().tokens().size();
        if (tokenizerSize > shape.vocabSize()) {
            problems.add(
                    "the tokenizer knows " + tokenizerSize + " ids, the model's vocabulary has " + shape.vocabSize());
        }
        problems.addAll(expected(shape).problems(model.graph().signature()));
        if (!problems.isEmpty()) {
            throw new ModelLoadException(problems);
        }
    }

    private static GraphExpectation expected(EncoderShape shape) {
        TensorSpec ids = new TensorSpec(DType.INT64, List.of(ANY, ANY));
        return new GraphExpectation("model")
                .input(GraphNames.INPUT_IDS, ids)
                .input(GraphNames.ATTENTION_MASK, ids)
                .optionalInput(GraphNames.TOKEN_TYPE_IDS, ids)
                .output(
                        GraphNames.LAST_HIDDEN_STATE,
                        new TensorSpec(DType.FLOAT32, List.of(ANY, ANY, (long) shape.hiddenSize())));
    }
}
