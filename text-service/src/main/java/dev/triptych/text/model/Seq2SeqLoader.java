package dev.triptych.text.model;

import dev.triptych.engine.EngineException;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.SessionOptions;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.tokenizer.NativeTokenizer;
import dev.triptych.text.tokenizer.TokenTable;
import dev.triptych.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
        Seq2SeqShape shape = family.shape(modelPackage.config());
        GenerationRules rules =
                new GenerationRulesReader(modelPackage.generationConfig(), modelPackage.config()).read();
        try (Opened opened = new Opened()) {
            Tokenizer tokenizer = opened.add(tokenizer(modelPackage));
            Seq2SeqModel.Graphs graphs = new Seq2SeqModel.Graphs(
                    opened.add(open(modelPackage, "encoder_model")),
                    opened.add(open(modelPackage, "decoder_model")),
                    opened.add(open(modelPackage, "decoder_with_past_model")));
            Seq2SeqModel model = new Seq2SeqModel(modelPackage.name(), shape, rules, tokenizer, graphs);
            verify(model);
            opened.keep();
            return model;
        }
    }

    private static void verify(Seq2SeqModel model) {
        List<String> problems = new ArrayList<>(vocabularyProblems(model));
        problems.addAll(new SignatureCheck(model.shape()).check(model.graphs()));
        if (problems.isEmpty()) {
            problems.addAll(
                    new WarmUp(model.graphs(), model.shape(), model.rules().decoderStartTokenId()).run());
        }
        if (!problems.isEmpty()) {
            throw new ModelLoadException(problems);
        }
    }

    private static List<String> vocabularyProblems(Seq2SeqModel model) {
        int vocabSize = model.shape().vocabSize();
        List<String> problems = new ArrayList<>();
        int tokenizerSize = model.tokenizer().tokens().size();
        // Fewer tokens than logits are common: embeddings are padded to a round size.
        if (tokenizerSize > vocabSize) {
            problems.add("the tokenizer knows " + tokenizerSize + " ids, the model's vocabulary has " + vocabSize);
        }
        GenerationRules rules = model.rules();
        IntStream named = IntStream.concat(
                Stream.of(rules.eosTokenIds(), rules.suppressTokens(), rules.beginSuppressTokens())
                        .flatMap(List::stream)
                        .mapToInt(Integer::intValue),
                IntStream.concat(
                        IntStream.of(rules.decoderStartTokenId(), rules.padTokenId()),
                        IntStream.concat(rules.forcedBosTokenId().stream(), rules.forcedEosTokenId().stream())));
        IntStream words = rules.badWordsIds().stream().flatMap(List::stream).mapToInt(Integer::intValue);
        IntStream.concat(named, words)
                .filter(id -> id < 0 || id >= vocabSize)
                .distinct()
                .forEach(id -> problems.add(
                        "the generation settings name the token " + id + ", the model's vocabulary has " + vocabSize));
        return problems;
    }

    private static Tokenizer tokenizer(ModelPackage modelPackage) {
        Path file = modelPackage
                .file("tokenizer.json")
                .orElseThrow(() -> new ModelPackageException("the package holds no tokenizer.json"));
        TokenTable table = VocabularyReader.read(modelPackage.settings("tokenizer.json"));
        return NativeTokenizer.load(file, table);
    }

    private ModelSession open(ModelPackage modelPackage, String stem) {
        Set<String> suffixes = new LinkedHashSet<>(variants);
        if (variants.isEmpty()) {
            modelPackage
                    .manifest()
                    .flatMap(manifest -> manifest.file().string("default_variant"))
                    .ifPresent(suffixes::add);
        }
        suffixes.add("");
        Path graph = modelPackage
                .graph(stem, List.copyOf(suffixes))
                .orElseThrow(() -> new ModelPackageException(
                        "the package holds no " + stem + ".onnx; variants tried: " + suffixes));
        return sessions.open(graph, options);
    }

    /** What was opened so far, closed again unless the whole model is kept. */
    private static final class Opened implements AutoCloseable {

        private final List<AutoCloseable> resources = new ArrayList<>();

        <T extends AutoCloseable> T add(T resource) {
            resources.add(resource);
            return resource;
        }

        void keep() {
            resources.clear();
        }

        @Override
        public void close() {
            for (AutoCloseable resource : resources.reversed()) {
                try {
                    resource.close();
                } catch (Exception e) {
                    throw new IllegalStateException("a part of a model that failed to load could not be closed", e);
                }
            }
        }
    }
}
