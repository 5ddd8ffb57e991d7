package dev.triptych.text.model;

import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.SessionOptions;
import dev.triptych.modelpackage.GraphOperators;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.text.tokenizer.NativeTokenizer;
import dev.triptych.text.tokenizer.TokenTable;
import dev.triptych.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Opens the parts of one model, and closes them again unless the whole model is kept. */
final class OpenedParts implements AutoCloseable {

    /** The variant whose arithmetic is of half precision. */
    private static final String HALF = "_fp16.onnx";

    private final ModelPackage modelPackage;
    private final ModelSessions sessions;
    private final SessionOptions options;
    private final List<String> suffixes;
    private final Map<ModelSession, Set<String>> operators = new IdentityHashMap<>();
    private final Set<ModelSession> halves = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<AutoCloseable> resources = new ArrayList<>();

    /** @param variants suffixes to try for each graph, in order; none means what the package prefers */
    OpenedParts(ModelPackage modelPackage, ModelSessions sessions, SessionOptions options, List<String> variants) {
        this.modelPackage = modelPackage;
        this.sessions = sessions;
        this.options = options;
        Set<String> tried = new LinkedHashSet<>(variants);
        if (variants.isEmpty()) {
            modelPackage
                    .manifest()
                    .flatMap(manifest -> manifest.file().string("default_variant"))
                    .ifPresent(tried::add);
        }
        tried.add("");
        this.suffixes = List.copyOf(tried);
    }

    /** The suffixes tried, in order; the plain graph's comes last. */
    List<String> suffixes() {
        return suffixes;
    }

    boolean has(String stem, String suffix) {
        return modelPackage.graph(stem, List.of(suffix)).isPresent();
    }

    /** The graph of that stem in the first variant that is there. */
    ModelSession graph(String stem) {
        return graph(stem, suffixes);
    }

    ModelSession graph(String stem, List<String> variants) {
        Path graph = modelPackage
                .graph(stem, variants)
                .orElseThrow(() -> new ModelPackageException(
                        "the package holds no " + stem + ".onnx; variants tried: " + variants));
        ModelSession session = add(sessions.open(graph, options));
        operators.put(session, GraphOperators.of(graph));
        if (isHalf(graph)) {
            halves.add(session);
        }
        return session;
    }

    /** The plain graph of that stem for comparison, to be closed by the caller; none where there is none in float. */
    Optional<ModelSession> forComparison(String stem) {
        return modelPackage
                .graph(stem, List.of(""))
                .filter(graph ->
                        !GraphArithmetic.of(GraphOperators.of(graph), false).quantized())
                .map(graph -> sessions.open(graph, options));
    }

    /** How the graphs opened so far calculate. */
    GraphArithmetic arithmetic() {
        return arithmetic(operators.keySet());
    }

    /** How some of the graphs opened here calculate. */
    GraphArithmetic arithmetic(Collection<ModelSession> graphs) {
        Set<String> all = new HashSet<>();
        graphs.forEach(graph -> all.addAll(operators.getOrDefault(graph, Set.of())));
        return GraphArithmetic.of(all, graphs.stream().anyMatch(halves::contains));
    }

    Tokenizer tokenizer() {
        Path file = modelPackage
                .file("tokenizer.json")
                .orElseThrow(() -> new ModelPackageException("the package holds no tokenizer.json"));
        TokenTable table = VocabularyReader.read(modelPackage.settings("tokenizer.json"));
        return add(NativeTokenizer.load(file, table));
    }

    private static boolean isHalf(Path graph) {
        return String.valueOf(graph.getFileName()).endsWith(HALF);
    }

    private <T extends AutoCloseable> T add(T resource) {
        resources.add(resource);
        return resource;
    }

    /** The model owns its parts from now on. */
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
