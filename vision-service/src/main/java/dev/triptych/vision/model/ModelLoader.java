package dev.triptych.vision.model;

import dev.triptych.engine.EngineException;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.SharedSession;
import dev.triptych.engine.TensorSpec;
import dev.triptych.inference.GraphBounds;
import dev.triptych.inference.SessionGraph;
import dev.triptych.inference.SinglePassGraph;
import dev.triptych.modelpackage.ConfigFile;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.vision.batching.BatchListener;
import dev.triptych.vision.batching.BatchRunner;
import dev.triptych.vision.batching.BatchSettings;
import dev.triptych.vision.batching.LazyBatchRunner;
import dev.triptych.vision.batching.MicroBatcher;
import dev.triptych.vision.batching.PixelBatchRunner;
import dev.triptych.vision.image.ImagePreprocessor;
import dev.triptych.vision.image.PreprocessingSettings;
import dev.triptych.vision.image.PreprocessingSettings.EdgeLimits;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Takes one package through every {@link ModelCheck} and starts its engine thread. Holds no state between packages. */
public final class ModelLoader {

    /** Of a graph that gives attentions beside the logits, for models whose own graph does not. */
    static final String ATTENTION_STEM = "attention_model";

    private static final String GRAPH_STEM = "model";
    /** Hugging Face's for ViT. */
    private static final int DEFAULT_PATCH_SIZE = 16;

    /** By which its four stages shrink a picture. */
    private static final int SEGFORMER_STRIDE = 32;

    /** Attention takes memory with the fourth power of a picture's edge. */
    private static final int MAX_EDGE = 1024;

    /** Of the largest batch of pictures that share a run. */
    private static final long MAX_ELEMENTS = 3 * PixelBatchRunner.MAX_BATCH_PIXELS;

    private static final int MAX_PATCHES = 64;

    private static final List<String> QUANTIZED = List.of("quantized", "int8");

    private final ModelSessions sessions;
    private final SessionOptions options;
    private final BatchSettings batching;
    private final BatchListener listener;
    private final Clock clock;

    public ModelLoader(
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
     * Loads and starts a model.
     *
     * @throws ModelCheckException naming the check that failed
     */
    LoadedModel load(ModelPackage modelPackage, TaskKind kind) {
        List<String> corrupt = modelPackage.corruptFiles();
        if (!corrupt.isEmpty()) {
            throw new ModelCheckException(ModelCheck.CHECKSUMS, String.join("; ", corrupt));
        }
        kind.checkFamily(modelPackage);
        PreprocessingSettings settings = settings(modelPackage);
        if (!settings.isBounded()) {
            throw new ModelCheckException(
                    ModelCheck.SETTINGS, "preprocessing must bound the size of pictures; add do_center_crop");
        }
        Path graph = graph(modelPackage);
        SharedSession session = new SharedSession(open(graph));
        VisionTask task;
        try {
            GraphSignature.check(session.signature(), kind, settings.outputSize(), batching.maxImages());
            task = task(modelPackage, kind, session.signature());
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
        PixelBatchRunner runner = new PixelBatchRunner(session, settings, batching.maxImages());
        WarmUp trial = new WarmUp(runner, task, isQuantized(graph));
        warmUp(runner, trial, settings.exampleSizes());
        Optional<SizeRule> sizes = sizes(modelPackage, kind, session.signature(), settings, trial);
        Optional<AttentionSource> attention;
        try {
            attention = attention(modelPackage, kind, session.signature(), runner, sizes);
        } catch (RuntimeException e) {
            runner.close();
            throw e;
        }
        MicroBatcher batcher = started(modelPackage.name(), runner);
        return new LoadedModel(
                modelPackage.name(),
                session.placement().device(),
                task,
                new ImagePreprocessor(settings),
                batcher,
                bareGraph(modelPackage.name(), session),
                sizes,
                attention.map(source -> new AttentionGraph(
                        source.graph()
                                .map(file -> started(modelPackage.name(), lazy(file, settings)))
                                .orElse(batcher),
                        source.shape())));
    }

    /** Found by trying: an open axis says nothing about the positions that are added behind it. */
    private static Optional<SizeRule> sizes(
            ModelPackage modelPackage,
            TaskKind kind,
            ModelSignature signature,
            PreprocessingSettings settings,
            WarmUp trial) {
        List<Long> dims = signature.inputs().get(PixelBatchRunner.PIXELS) instanceof TensorSpec pixels
                ? pixels.dims()
                : List.of();
        int multiple = kind == TaskKind.SEGMENTATION
                ? SEGFORMER_STRIDE
                : modelPackage.config().integer("patch_size").orElse(DEFAULT_PATCH_SIZE);
        boolean keepsRatio = settings.outputSize().isEmpty();
        if (keepsRatio && EdgeLimits.MULTIPLE % multiple == 0) {
            multiple = EdgeLimits.MULTIPLE;
        }
        if (multiple < 1
                || dims.size() != 4
                || dims.get(2) != TensorSpec.DYNAMIC
                || dims.get(3) != TensorSpec.DYNAMIC
                || settings.sized(multiple).isEmpty()) {
            return Optional.empty();
        }
        int other = (settings.exampleSizes().getFirst().height() / multiple + 1) * multiple;
        return keepsRatio || trial.takes(new Size(other, other))
                ? Optional.of(new SizeRule(settings, multiple, Math.min(MAX_EDGE, MAX_PATCHES * multiple)))
                : Optional.empty();
    }

    private SinglePassGraph bareGraph(String name, SharedSession session) {
        return new SessionGraph(name, session, new GraphBounds(batching.maxImages(), MAX_EDGE, MAX_ELEMENTS));
    }

    private MicroBatcher started(String name, BatchRunner runner) {
        MicroBatcher batcher = new MicroBatcher(name, runner, batching, listener, clock);
        batcher.start();
        return batcher;
    }

    private BatchRunner lazy(Path graph, PreprocessingSettings settings) {
        return new LazyBatchRunner(() -> new PixelBatchRunner(open(graph), settings, 1), 1);
    }

    /** @param graph of its own; empty: the model's */
    private record AttentionSource(Optional<Path> graph, AttentionGraph.Shape shape) {}

    /** A graph of its own is opened to be checked and closed again: most models are never asked for attentions. */
    private Optional<AttentionSource> attention(
            ModelPackage modelPackage,
            TaskKind kind,
            ModelSignature signature,
            PixelBatchRunner runner,
            Optional<SizeRule> sizes) {
        PreprocessingSettings settings = runner.settings();
        int patchSize = modelPackage.config().integer("patch_size").orElse(DEFAULT_PATCH_SIZE);
        // What pads a picture would be looked at too, and is no part of it.
        if (patchSize < 1 || settings.pad() != null) {
            return Optional.empty();
        }
        Optional<Size> other = sizes.map(rule -> new Size(3 * rule.multiple(), 2 * rule.multiple()));
        AttentionTrial trial = new AttentionTrial(patchSize, settings.outputSize(), other);
        if (AttentionGraph.isIn(signature)) {
            return trial.shape(runner, signature).map(shape -> new AttentionSource(Optional.empty(), shape));
        }
        Optional<Path> graph = modelPackage.graph(ATTENTION_STEM, List.of(""));
        if (graph.isEmpty()) {
            return Optional.empty();
        }
        ModelSession session = open(graph.get());
        try (PixelBatchRunner attentive = new PixelBatchRunner(session, settings, 1)) {
            GraphSignature.check(session.signature(), kind, settings.outputSize(), 1);
            return trial.shape(attentive, session.signature()).map(shape -> new AttentionSource(graph, shape));
        }
    }

    private static void warmUp(PixelBatchRunner runner, WarmUp warmUp, List<Size> sizes) {
        try {
            warmUp.run(sizes);
        } catch (EngineException e) {
            runner.close();
            throw new ModelCheckException(ModelCheck.WARM_UP, String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            runner.close();
            throw e;
        }
    }

    private static VisionTask task(ModelPackage modelPackage, TaskKind kind, ModelSignature signature) {
        ConfigFile config = modelPackage.config();
        int named = config.stringMap("id2label").size();
        int otherwise = named > 0 ? named : config.integer("num_labels").orElse(2);
        List<String> labels = ClassLabels.read(config, GraphSignature.labelCount(signature, kind, otherwise));
        return switch (kind) {
            case CLASSIFICATION -> new VisionTask.Classification(labels);
            case DETECTION -> {
                Optional<ConfigFile> detection = modelPackage
                        .manifest()
                        .flatMap(manifest -> manifest.file().object("detection"));
                yield new VisionTask.Detection(
                        labels,
                        detection
                                .map(d -> d.number("threshold"))
                                .orElse(OptionalDouble.empty())
                                .orElse(VisionTask.Detection.DEFAULT_THRESHOLD),
                        detection.map(d -> d.number("suppression_iou")).orElse(OptionalDouble.empty()));
            }
            case SEGMENTATION -> new VisionTask.Segmentation(labels);
        };
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
}
