package dev.triptych.text.model;

import dev.triptych.engine.EngineException;
import dev.triptych.engine.GraphNames;
import dev.triptych.engine.GraphNames.Part;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.TensorSpec;
import dev.triptych.modelpackage.ModelCheck;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.tensor.DType;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.tokenizer.Tokenizer;
import java.util.List;
import java.util.function.Consumer;

/** Loads decoder-only models, and refuses those that would fail or answer wrongly. */
public final class CausalLoader {

    private static final long ANY = TensorSpec.DYNAMIC;

    private final ModelSessions sessions;
    private final SessionOptions options;
    private final List<String> variants;

    /** @param variants suffixes to try for each graph, in order; the plain graph is always tried last */
    public CausalLoader(ModelSessions sessions, SessionOptions options, List<String> variants) {
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
    public CausalModel load(ModelPackage modelPackage, Consumer<ModelCheck> passed) {
        ModelChecks checks = new ModelChecks();
        checks.files(modelPackage);
        try {
            CausalModel model = build(modelPackage, checks);
            checks.all().forEach(passed);
            return model;
        } catch (ModelPackageException | EngineException | IllegalArgumentException e) {
            throw new ModelLoadException(List.of(String.valueOf(e.getMessage())));
        }
    }

    private CausalModel build(ModelPackage modelPackage, ModelChecks checks) {
        ModelFamily family = ModelFamily.of(modelPackage)
                .orElseThrow(() -> new ModelPackageException(
                        "model_type '" + modelPackage.modelType() + "' is not a text family"));
        CausalShape shape = new Sizes(modelPackage.config()).causal(family);
        GenerationRules rules =
                new GenerationRulesReader(modelPackage.generationConfig(), modelPackage.config()).readCausal();
        try (OpenedParts opened = new OpenedParts(modelPackage, sessions, options, variants)) {
            Tokenizer tokenizer = opened.tokenizer();
            ModelSession graph = opened.graph("model");
            GraphArithmetic arithmetic = opened.arithmetic();
            CausalModel model = new CausalModel(
                    modelPackage.name(),
                    shape,
                    rules,
                    tokenizer,
                    graph,
                    arithmetic.rowsIndependent(),
                    ChatTemplate.read(modelPackage));
            boolean rowsShareRuns = verify(model, CheckBounds.of(arithmetic), checks);
            opened.keep();
            return rowsShareRuns ? model : model.alone();
        }
    }

    /** @return whether prompts of different lengths can run together */
    private static boolean verify(CausalModel model, CheckBounds bounds, ModelChecks checks) {
        CausalShape shape = model.shape();
        checks.add(
                "vocabulary",
                VocabularyCheck.problems(model.tokenizer(), model.rules(), shape.vocabSize()),
                "tokenizer and generation settings fit the model's " + shape.vocabSize() + " tokens");
        checks.add(
                "signature",
                expected(shape).problems(model.graph().signature()),
                "the graph takes and gives what it must");
        checks.require();
        ProbeTokens tokens = new ProbeTokens(model.tokenizer().tokens(), shape.vocabSize(), model.rules());
        CausalProbe probe = new CausalProbe(model.graph(), shape, tokens, bounds);
        checks.addAll(probe.run());
        checks.require();
        return probe.rowsShareRuns();
    }

    private static GraphExpectation expected(CausalShape shape) {
        TensorSpec ids = new TensorSpec(DType.INT64, List.of(ANY, ANY));
        TensorSpec cache =
                new TensorSpec(DType.FLOAT32, List.of(ANY, (long) shape.keyValueHeads(), ANY, (long) shape.headSize()));
        GraphExpectation expected = new GraphExpectation("model")
                .input(GraphNames.INPUT_IDS, ids)
                .input(GraphNames.ATTENTION_MASK, ids)
                .optionalInput(GraphNames.POSITION_IDS, ids)
                .output(GraphNames.LOGITS, new TensorSpec(DType.FLOAT32, List.of(ANY, ANY, (long) shape.vocabSize())));
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (Part part : Part.values()) {
                expected.input(GraphNames.past(layer, part), cache).output(GraphNames.present(layer, part), cache);
            }
        }
        return expected;
    }
}
