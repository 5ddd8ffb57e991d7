package dev.triptych.text.model;

import dev.triptych.engine.EngineException;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.SessionOptions;
import dev.triptych.modelpackage.ModelCheck;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Loads encoder–decoder models, as fused graphs where the package has them, and refuses those that would fail or answer
 * wrongly: damaged files, graphs of another signature, tokenizers of another vocabulary, settings that are not supported.
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

    /** Loads, checks and warms up a model; see {@link #load(ModelPackage, Consumer)}. */
    public Seq2SeqModel load(ModelPackage modelPackage) {
        return load(modelPackage, check -> {});
    }

    /**
     * Loads, checks and warms up a model.
     *
     * @param passed hears of every check
     * @throws ModelLoadException saying all that is wrong with it
     */
    public Seq2SeqModel load(ModelPackage modelPackage, Consumer<ModelCheck> passed) {
        ModelChecks checks = new ModelChecks();
        checks.files(modelPackage);
        try {
            Seq2SeqModel model = build(modelPackage, checks);
            checks.all().forEach(passed);
            return model;
        } catch (ModelPackageException | EngineException | IllegalArgumentException e) {
            throw new ModelLoadException(List.of(String.valueOf(e.getMessage())));
        }
    }

    private Seq2SeqModel build(ModelPackage modelPackage, ModelChecks checks) {
        ModelFamily family = ModelFamily.of(modelPackage)
                .orElseThrow(() -> new ModelPackageException(
                        "model_type '" + modelPackage.modelType() + "' is not a text family"));
        Seq2SeqShape shape = new Sizes(modelPackage.config()).seq2seq(family);
        GenerationRules rules =
                new GenerationRulesReader(modelPackage.generationConfig(), modelPackage.config()).read();
        try (OpenedParts opened = new OpenedParts(modelPackage, sessions, options, variants)) {
            Tokenizer tokenizer = opened.tokenizer();
            Seq2SeqModel.Graphs graphs = graphs(modelPackage, opened, shape);
            GraphArithmetic arithmetic = opened.arithmetic();
            NatGraphs nat = NatLoader.open(modelPackage, opened, graphs instanceof Seq2SeqModel.Fused);
            Seq2SeqModel model = new Seq2SeqModel(
                    modelPackage.name(),
                    shape,
                    rules,
                    tokenizer,
                    graphs,
                    nat,
                    opened.arithmetic().rowsIndependent());
            CheckBounds bounds = CheckBounds.of(arithmetic);
            verify(model, family, bounds, checks);
            tryParallel(model, opened, checks);
            if (graphs instanceof Seq2SeqModel.Fused fused) {
                checks.addAll(fused(
                        model,
                        fused,
                        bounds,
                        arithmetic.quantized() ? Optional.empty() : opened.forComparison("decoder_model")));
                checks.require();
            }
            opened.keep();
            return model;
        }
    }

    private static Seq2SeqModel.Graphs graphs(ModelPackage modelPackage, OpenedParts opened, Seq2SeqShape shape) {
        boolean fused = modelPackage
                .manifest()
                .map(manifest -> !manifest.graphs("autoregressive", "fused").isEmpty())
                .orElse(false);
        return fused
                ? new Seq2SeqModel.Fused(opened.graph("fused_encoder_model"), opened.graph("fused_decoder_model"))
                : plain(opened, shape);
    }

    /** The decoder's two graphs, or one that holds both; of the variants the first that is whole. */
    private static Seq2SeqModel.Plain plain(OpenedParts opened, Seq2SeqShape shape) {
        ModelSession encoder = opened.graph("encoder_model");
        for (String suffix : opened.suffixes()) {
            boolean split = opened.has("decoder_model", suffix) && opened.has("decoder_with_past_model", suffix);
            if (!split && opened.has("decoder_model_merged", suffix)) {
                ModelSession merged = opened.graph("decoder_model_merged", List.of(suffix));
                return new Seq2SeqModel.Plain(
                        encoder, DecoderBranch.firstStep(merged, shape), DecoderBranch.nextStep(merged, shape));
            }
            if (split) {
                break;
            }
        }
        ModelSession firstStep = opened.graph("decoder_model");
        ModelSession nextStep = opened.graph("decoder_with_past_model");
        return new Seq2SeqModel.Plain(encoder, firstStep, DecoderBranch.nextStep(nextStep, shape));
    }

    private static void verify(Seq2SeqModel model, ModelFamily family, CheckBounds bounds, ModelChecks checks) {
        GenerationRules rules = model.rules();
        Seq2SeqShape shape = model.shape();
        checks.add(
                "vocabulary",
                VocabularyCheck.problems(model.tokenizer(), rules, shape.vocabSize()),
                "tokenizer and generation settings fit the model's " + shape.vocabSize() + " tokens");
        checks.add(
                "signature",
                Stream.concat(
                                new SignatureCheck(shape).check(model.graphs()).stream(),
                                NatLoader.problems(model.nat(), model.graphs().encoder(), shape).stream())
                        .toList(),
                "the graphs take and give what they must");
        checks.require();
        checks.add("warm-up", warmUp(model), "every graph ran and gave finite numbers");
        checks.require();
        ProbeTokens tokens = new ProbeTokens(model.tokenizer().tokens(), shape.vocabSize(), rules);
        EncoderProbe encoder = new EncoderProbe(model.graphs().encoder(), tokens, bounds);
        checks.addAll(encoder.run());
        if (model.graphs() instanceof Seq2SeqModel.Plain graphs) {
            DecoderProbe decoder = new DecoderProbe(
                    new DecoderProbe.Decoder(graphs.firstStep(), graphs.nextStep(), shape, rules.decoderStartTokenId()),
                    encoder,
                    tokens,
                    bounds);
            // Attention over equal values gives the same whatever the distances are, which is all that T5 looks at.
            checks.addAll(decoder.run(family != ModelFamily.T5));
        }
        checks.require();
    }

    /** Non-autoregressive decoders may calculate otherwise than the graphs beside them, and be held to other bounds. */
    private static void tryParallel(Seq2SeqModel model, OpenedParts opened, ModelChecks checks) {
        ProbeTokens tokens =
                new ProbeTokens(model.tokenizer().tokens(), model.shape().vocabSize(), model.rules());
        ModelSession own = model.graphs().encoder();
        if (model.nat().maskPredict().isPresent()) {
            NatGraphs.MaskPredict graphs = model.nat().maskPredict().get();
            CheckBounds bounds = CheckBounds.of(opened.arithmetic(List.of(own, graphs.decoder(), graphs.length())));
            checks.addAll(new MaskPredictProbe(
                            graphs,
                            model.nat().decoders().maskPredict().orElseThrow().mask(),
                            new EncoderProbe(own, tokens, bounds),
                            tokens,
                            bounds)
                    .run());
        }
        if (model.nat().ctc().isPresent()) {
            NatGraphs.Ctc graphs = model.nat().ctc().get();
            ModelSession reads = graphs.encoder().orElse(own);
            CheckBounds bounds = CheckBounds.of(opened.arithmetic(List.of(reads, graphs.decoder())));
            EncoderProbe encoder = new EncoderProbe(reads, tokens, bounds);
            graphs.encoder().ifPresent(ignored -> checks.addAll(encoder.run()));
            checks.addAll(new CtcProbe(
                            graphs.decoder(),
                            model.nat().decoders().ctc().orElseThrow(),
                            model.shape(),
                            encoder,
                            tokens,
                            bounds)
                    .run());
        }
        checks.require();
    }

    /** @param plain closed here */
    private static List<ModelCheck> fused(
            Seq2SeqModel model, Seq2SeqModel.Fused graphs, CheckBounds bounds, Optional<ModelSession> plain) {
        ProbeTokens tokens =
                new ProbeTokens(model.tokenizer().tokens(), model.shape().vocabSize(), model.rules());
        try (ModelSession comparison = plain.orElse(null)) {
            return new FusedDecoderProbe(graphs, model.shape(), model.rules().decoderStartTokenId(), tokens, bounds)
                    .run(comparison, model.nat().verify().orElse(null));
        }
    }

    private static List<String> warmUp(Seq2SeqModel model) {
        int start = model.rules().decoderStartTokenId();
        return switch (model.graphs()) {
            case Seq2SeqModel.Plain plain -> new WarmUp(plain, model.shape(), start).run();
            case Seq2SeqModel.Fused fused -> new FusedWarmUp(fused, model.shape(), start).run();
        };
    }
}
