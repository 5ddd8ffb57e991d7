package dev.triptych.text.model;

import dev.triptych.engine.EngineException;
import dev.triptych.engine.GraphNames;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.SharedSession;
import dev.triptych.engine.TensorSpec;
import dev.triptych.modelpackage.ModelCheck;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.tensor.DType;
import dev.triptych.text.model.EncoderModel.EncoderShape;
import dev.triptych.text.tokenizer.Tokenizer;
import java.util.List;
import java.util.function.Consumer;

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
     * @param passed hears of every check
     * @throws ModelLoadException saying all that is wrong with it
     */
    public EncoderModel load(ModelPackage modelPackage, Consumer<ModelCheck> passed) {
        ModelChecks checks = new ModelChecks();
        checks.files(modelPackage);
        try {
            EncoderModel model = build(modelPackage, checks);
            checks.all().forEach(passed);
            return model;
        } catch (ModelPackageException | EngineException | IllegalArgumentException e) {
            throw new ModelLoadException(List.of(String.valueOf(e.getMessage())));
        }
    }

    private EncoderModel build(ModelPackage modelPackage, ModelChecks checks) {
        ModelFamily family = ModelFamily.of(modelPackage).orElse(ModelFamily.BERT);
        int padTokenId = modelPackage.config().integer("pad_token_id").orElse(family == ModelFamily.LONGFORMER ? 1 : 0);
        EncoderShape full = new Sizes(modelPackage.config()).encoder(family, padTokenId);
        EncoderShape shape = full.atMost(modelPackage
                .settings("sentence_bert_config.json")
                .integer("max_seq_length")
                .orElse(full.maxTokens()));
        try (OpenedParts opened = new OpenedParts(modelPackage, sessions, options, variants)) {
            Tokenizer tokenizer = opened.tokenizer();
            SharedSession graph = new SharedSession(opened.graph("model"));
            GraphArithmetic arithmetic = opened.arithmetic();
            EncoderModel model = new EncoderModel(
                    modelPackage.name(),
                    shape,
                    PoolingReader.read(modelPackage),
                    padTokenId,
                    tokenizer,
                    graph,
                    arithmetic.rowsIndependent());
            verify(model, CheckBounds.of(arithmetic), checks);
            opened.keep();
            return model;
        }
    }

    private static void verify(EncoderModel model, CheckBounds bounds, ModelChecks checks) {
        EncoderShape shape = model.shape();
        int tokenizerSize = model.tokenizer().tokens().size();
        checks.add(
                "vocabulary",
                tokenizerSize > shape.vocabSize()
                        ? List.of("the tokenizer knows " + tokenizerSize + " ids, the model's vocabulary has "
                                + shape.vocabSize())
                        : List.of(),
                "the tokenizer fits the model's " + shape.vocabSize() + " tokens");
        checks.add(
                "signature",
                expected(shape).problems(model.graph().signature()),
                "the graph takes and gives what it must");
        checks.require();
        ProbeTokens tokens =
                new ProbeTokens(model.tokenizer().tokens(), shape.vocabSize(), List.of(model.padTokenId()));
        checks.addAll(new EncoderProbe(model.graph(), tokens, bounds, shape.lengthMultiple()).run());
        checks.require();
    }

    private static GraphExpectation expected(EncoderShape shape) {
        TensorSpec ids = new TensorSpec(DType.INT64, List.of(ANY, ANY));
        return new GraphExpectation("model")
                .input(GraphNames.INPUT_IDS, ids)
                .input(GraphNames.ATTENTION_MASK, ids)
                .optionalInput(GraphNames.TOKEN_TYPE_IDS, ids)
                .optionalInput(GraphNames.GLOBAL_ATTENTION_MASK, ids)
                .output(GraphNames.LAST_HIDDEN_STATE, new TensorSpec(DType.FLOAT32, List.of(ANY, ANY, (long)
                        shape.hiddenSize())));
    }
}
