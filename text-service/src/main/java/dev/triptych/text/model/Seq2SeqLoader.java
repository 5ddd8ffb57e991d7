package dev.triptych.text.model;

import dev.triptych.engine.EngineException;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.SessionOptions;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.text.generation.GenerationRules;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads encoder–decoder models in the plain layout, and refuses those that would fail or answer wrongly: damaged files,
 * graphs of another signature, tokenizers of another vocabulary, settings that are not supported.
 */
public final class Seq2SeqLoader {

    private final ModelSessions sessions;
    private final SessionOptions options;
    private final List<String> variants;

    /** @param variants suffixes to try for each graph, in order; the plain graph is always tried last */
    public Seq2SeqLoader(ModelSessions sessions, SessionOptions options, List<String> variants) {
        this.sessions = sessions;
        this.options = options;
        this.variants = List.copyOf(variants);
    }

    /**
     * Loads, checks and warms up a model.
     *
     * @throws ModelLoadException saying all that is wrong with it
     */
    public Seq2SeqModel load(ModelPackage modelPackage) {
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

    private Seq2SeqModel build(ModelPackage modelPackage) {
        ModelFamily family = ModelFamily.of(modelPackage)
                .orElseThrow(() -> new ModelPackageException(
                        "model_type '" + modelPackage.modelType() + "' is not a text family"));
        Seq2SeqShape shape = new Sizes(modelPackage.config()).seq2seq(family);
        GenerationRules rules =
                new GenerationRulesReader(modelPackage.generationConfig(), modelPackage.config()).read();
        try (OpenedParts opened = new OpenedParts(modelPackage, sessions, options, variants)) {
            Seq2SeqModel model =
                    new Seq2SeqModel(modelPackage.name(), shape, rules, opened.tokenizer(), graphs(opened, shape));
            verify(model);
            opened.keep();
            return model;
        }
    }

    /** The decoder's two graphs, or one that holds both; of the variants the first that is whole. */
    private static Seq2SeqModel.Graphs graphs(OpenedParts opened, Seq2SeqShape shape) {
        ModelSession encoder = opened.graph("encoder_model");
        for (String suffix : opened.suffixes()) {
            boolean split = opened.has("decoder_model", suffix) && opened.has("decoder_with_past_model", suffix);
            if (!split && opened.has("decoder_model_merged", suffix)) {
                ModelSession merged = opened.graph("decoder_model_merged", List.of(suffix));
                return new Seq2SeqModel.Graphs(
                        encoder, DecoderBranch.firstStep(merged, shape), DecoderBranch.nextStep(merged, shape));
            }
            if (split) {
                break;
            }
        }
        ModelSession firstStep = opened.graph("decoder_model");
        ModelSession nextStep = opened.graph("decoder_with_past_model");
        return new Seq2SeqModel.Graphs(encoder, firstStep, DecoderBranch.nextStep(nextStep, shape));
    }

    private static void verify(Seq2SeqModel model) {
        List<String> problems = new ArrayList<>(VocabularyCheck.problems(
                model.tokenizer(), model.rules(), model.shape().vocabSize()));
        problems.addAll(new SignatureCheck(model.shape()).check(model.graphs()));
        if (problems.isEmpty()) {
            problems.addAll(
                    new WarmUp(model.graphs(), model.shape(), model.rules().decoderStartTokenId()).run());
        }
        if (!problems.isEmpty()) {
            throw new ModelLoadException(problems);
        }
    }
}
