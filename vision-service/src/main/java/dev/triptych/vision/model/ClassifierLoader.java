package dev.triptych.vision.model;

import dev.triptych.engine.EngineException;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.TensorSpec;
import dev.triptych.modelpackage.ConfigFile;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.vision.batching.BatchListener;
import dev.triptych.vision.batching.BatchSettings;
import dev.triptych.vision.batching.MicroBatcher;
import dev.triptych.vision.batching.PixelBatchRunner;
import dev.triptych.vision.image.ImagePreprocessor;
import dev.triptych.vision.image.PixelNormalization;
import dev.triptych.vision.image.PreprocessingSettings;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes one package through every {@link ModelCheck} and starts its engine thread. Holds no state between packages. */
public final class ClassifierLoader {

    private static final String GRAPH_STEM = "model";
    private static final List<String> QUANTIZED = List.of("quantized", "int8");

    private final ModelSessions sessions;
    private final SessionOptions options;
    private final BatchSettings batching;
    private final BatchListener listener;
    private final Clock clock;

    public ClassifierLoader(
            ModelSessions sessions,
            SessionOptions options,
            BatchSettings batching,
            BatchListener listener,
            Clock clock) {
        this.sessions = sessions;
        this.options = options;
        this.batching = batching;
        this.listener = listener;
        this.clock = clock;
    }

    /**
     * Loads and starts a classifier.
     *
     * @throws ModelCheckException naming the check that failed
     */
    LoadedClassifier load(ModelPackage modelPackage) {
        List<String> corrupt = modelPackage.corruptFiles();
        if (!corrupt.isEmpty()) {
            throw new ModelCheckException(ModelCheck.CHECKSUMS, String.join("; ", corrupt));
        }
        VisionFamily.check(modelPackage);
        PreprocessingSettings settings = settings(modelPackage);
        Size size = settings.outputSize()
                .orElseThrow(() -> new ModelCheckException(
                        ModelCheck.SETTINGS, "preprocessing must give all pictures one size; add do_center_crop"));
        Path graph = graph(modelPackage);
        ModelSession session = open(graph);
        List<String> labels;
        try {
            ClassifierSignature.check(session.signature(), size, batching.maxImages());
            labels = ClassLabels.read(modelPackage.config(), classCount(modelPackage, session));
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
        PixelBatchRunner runner = new PixelBatchRunner(
                session,
                new PixelNormalization(settings),
                new PixelBatchRunner.Extents(batching.maxImages(), size.height(), size.width(), labels.size()));
        warmUp(runner, size, isQuantized(graph));
        MicroBatcher batcher = new MicroBatcher(modelPackage.name(), runner, batching, listener, clock);
        batcher.start();
        return new LoadedClassifier(
                modelPackage.name(), session.placement().device(), labels, new ImagePreprocessor(settings), batcher);
    }

    private void warmUp(PixelBatchRunner runner, Size size, boolean quantized) {
        try {
            WarmUp.run(runner, size, batching.maxImages(), quantized);
        } catch (EngineException e) {
            runner.close();
            throw new ModelCheckException(ModelCheck.WARM_UP, String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            runner.close();
            throw e;
        }
    }

    private static PreprocessingSettings settings(ModelPackage modelPackage) {
        if (modelPackage.file(PreprocessorConfig.FILE_NAME).isEmpty()) {
            throw new ModelCheckException(ModelCheck.SETTINGS, PreprocessorConfig.FILE_NAME + " is missing");
        }
        try {
            return PreprocessorConfig.read(modelPackage.settings(PreprocessorConfig.FILE_NAME));
        } catch (IllegalArgumentException | ModelPackageException e) {
            throw new ModelCheckException(ModelCheck.SETTINGS, PreprocessorConfig.FILE_NAME + ": " + e.getMessage(), e);
        }
    }

    /** The variant that the manifest prefers, then the plain graph, then a quantized one. */
    private static Path graph(ModelPackage modelPackage) {
        List<String> variants = new ArrayList<>();
        modelPackage.manifest().flatMap(m -> m.file().string("default_variant")).ifPresent(variants::add);
        variants.add("");
        variants.addAll(QUANTIZED);
        return modelPackage
                .graph(GRAPH_STEM, variants)
                .orElseThrow(() -> new ModelCheckException(ModelCheck.GRAPH, "there is no onnx/model.onnx"));
    }

    private static boolean isQuantized(Path graph) {
        String name = graph.getFileName().toString();
        return QUANTIZED.stream().anyMatch(suffix -> name.endsWith("_" + suffix + ".onnx"));
    }

    private ModelSession open(Path graph) {
        try {
            return sessions.open(graph, options);
        } catch (EngineException e) {
            throw new ModelCheckException(ModelCheck.GRAPH, String.valueOf(e.getMessage()), e);
        }
    }

    /** The graph's own number where it states one; exporters that leave it open leave it to the settings. */
    private static int classCount(ModelPackage modelPackage, ModelSession session) {
        TensorSpec logits = Optional.ofNullable(session.signature().outputs().get(PixelBatchRunner.LOGITS))
                .orElseThrow();
        long stated = logits.dims().get(1);
        if (stated != TensorSpec.DYNAMIC) {
            return Math.toIntExact(stated);
        }
        ConfigFile config = modelPackage.config();
        int named = config.stringMap("id2label").size();
        return named > 0 ? named : config.integer("num_labels").orElse(2);
    }
}
