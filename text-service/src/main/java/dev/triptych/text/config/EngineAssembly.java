package dev.triptych.text.config;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.SessionOptions;
import dev.triptych.modelpackage.ModelCheck;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.text.executor.CausalGraph;
import dev.triptych.text.executor.CausalStepExecutor;
import dev.triptych.text.executor.EncoderGraph;
import dev.triptych.text.executor.OnnxStepExecutor;
import dev.triptych.text.executor.PlainGraphs;
import dev.triptych.text.executor.PooledEncoder;
import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.kvcache.KvCache;
import dev.triptych.text.kvcache.KvGeometry;
import dev.triptych.text.model.CausalLoader;
import dev.triptych.text.model.CausalModel;
import dev.triptych.text.model.CausalShape;
import dev.triptych.text.model.EncoderLoader;
import dev.triptych.text.model.EncoderModel;
import dev.triptych.text.model.ModelFamily;
import dev.triptych.text.model.Seq2SeqLoader;
import dev.triptych.text.model.Seq2SeqModel;
import dev.triptych.text.model.Seq2SeqShape;
import dev.triptych.text.runtime.EmbeddingLoop;
import dev.triptych.text.runtime.EngineLoop;
import dev.triptych.text.runtime.LoopTextEmbedder;
import dev.triptych.text.runtime.LoopTextGenerator;
import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TimeSource;
import dev.triptych.text.scheduler.AdmissionPolicy;
import dev.triptych.text.scheduler.SchedulingPolicy;
import dev.triptych.text.tokenizer.ContinuingTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Builds running models from packages. Plain Java, so that benchmarks use what the service uses. */
public final class EngineAssembly {

    /** While interactive rows run, offline cohorts get one step in eight. */
    private static final int BATCH_TURN = 8;

    private final EngineProperties properties;
    private final Seq2SeqLoader seq2SeqLoader;
    private final CausalLoader causalLoader;
    private final EncoderLoader encoderLoader;
    private final TimeSource time;
    private final Function<String, RuntimeListener> listeners;

    /** @param listeners makes the listener of a model from its name */
    public EngineAssembly(
            EngineProperties properties,
            ModelSessions sessions,
            TimeSource time,
            Function<String, RuntimeListener> listeners) {
        this.properties = properties;
        SessionOptions options = new SessionOptions(DeviceRequest.parse(properties.device()), properties.threads());
        this.seq2SeqLoader = new Seq2SeqLoader(sessions, options, properties.variants());
        this.causalLoader = new CausalLoader(sessions, options, properties.variants());
        this.encoderLoader = new EncoderLoader(sessions, options, properties.variants());
        this.time = time;
        this.listeners = listeners;
    }

    /** The models of the repository, not loaded yet. */
    public ModelRegistry registry() {
        return ModelRegistry.of(properties.models(), this::load);
    }

    private ModelRegistry.Running load(ModelPackage modelPackage, ModelDescription description) {
        List<ModelCheck> checks = new ArrayList<>();
        return switch (ModelFamily.of(modelPackage).orElseThrow().kind()) {
            case SEQ2SEQ -> seq2Seq(seq2SeqLoader.load(modelPackage, checks::add), description.checked(checks));
            case CAUSAL -> causal(causalLoader.load(modelPackage, checks::add), description.checked(checks));
            case ENCODER -> encoder(encoderLoader.load(modelPackage, checks::add), description.checked(checks));
        };
    }

    private ModelRegistry.Running seq2Seq(Seq2SeqModel model, ModelDescription description) {
        EngineProperties.Limits limits = properties.limits();
        Seq2SeqShape shape = model.shape();
        EngineLoop loop = loop(model);
        loop.start();
        LoopTextGenerator generator = new LoopTextGenerator(
                description.readyOn(model.placement().device()),
                new GenerationLimits(
                        shape.vocabSize(),
                        Math.min(limits.promptTokens(), shape.maxPositions()),
                        Math.min(limits.newTokens(), shape.maxPositions())),
                model.tokenizer(),
                loop);
        return new ModelRegistry.Running(generator, loop, model);
    }

    private ModelRegistry.Running causal(CausalModel model, ModelDescription description) {
        EngineProperties.Limits limits = properties.limits();
        CausalShape shape = model.shape();
        KvGeometry geometry = new KvGeometry(shape.layers(), shape.keyValueHeads(), shape.headSize(), false);
        CausalGraph graph = new CausalGraph(
                model.graph(),
                shape.layers(),
                shape.keyValueHeads(),
                shape.headSize(),
                shape.vocabSize(),
                model.rules().padTokenId());
        EngineLoop loop = loop(
                new EngineLoop.Parts(
                        model.name(),
                        model.rules(),
                        shape.vocabSize(),
                        new KvCache(geometry, limits.cache().toBytes()),
                        new CausalStepExecutor(graph, time.nanoTime())),
                rows(model.rowsIndependent()));
        loop.start();
        LoopTextGenerator generator = new LoopTextGenerator(
                description.readyOn(model.placement().device()),
                new GenerationLimits(
                        shape.vocabSize(),
                        Math.min(limits.promptTokens(), shape.maxPositions() - 1),
                        Math.min(limits.newTokens(), shape.maxPositions() - 1),
                        shape.maxPositions()),
                new ContinuingTokenizer(model.tokenizer()),
                loop);
        return new ModelRegistry.Running(generator, loop, model);
    }

    private ModelRegistry.Running encoder(EncoderModel model, ModelDescription description) {
        EngineProperties.Limits limits = properties.limits();
        EncoderModel.EncoderShape shape = model.shape();
        EncoderGraph graph = new EncoderGraph(
                model.graph(), shape.hiddenSize(), model.padTokenId(), model.pooling() == EncoderModel.Pooling.CLS);
        EmbeddingLoop loop = new EmbeddingLoop(
                model.name(),
                new PooledEncoder(graph),
                new EmbeddingLoop.Batching(rows(model.rowsIndependent()), limits.batchTokens()),
                new AdmissionPolicy(limits.queueRequests(), limits.queueTokens()),
                time,
                listeners.apply(model.name()));
        loop.start();
        LoopTextEmbedder embedder = new LoopTextEmbedder(
                description.readyOn(model.placement().device()),
                new GenerationLimits(shape.vocabSize(), Math.min(limits.promptTokens(), shape.maxTokens()), 0),
                shape.hiddenSize(),
                model.tokenizer(),
                loop);
        return new ModelRegistry.Running(embedder, loop, model);
    }

    private EngineLoop loop(Seq2SeqModel model) {
        Seq2SeqShape shape = model.shape();
        KvGeometry geometry = new KvGeometry(shape.decoderLayers(), shape.headCount(), shape.headSize());
        return loop(
                new EngineLoop.Parts(
                        model.name(),
                        model.rules(),
                        shape.vocabSize(),
                        new KvCache(geometry, properties.limits().cache().toBytes()),
                        new OnnxStepExecutor(graphs(model), time.nanoTime())),
                rows(model.rowsIndependent()));
    }

    /** Sequences that may run at once: one alone where it would depend on those beside it. */
    private int rows(boolean rowsIndependent) {
        return rowsIndependent ? properties.limits().rows() : 1;
    }

    private EngineLoop loop(EngineLoop.Parts parts, int rows) {
        EngineProperties.Limits limits = properties.limits();
        return new EngineLoop(
                parts,
                new SchedulingPolicy(
                        rows,
                        limits.batchTokens(),
                        limits.startFraction(),
                        limits.hold().toNanos(),
                        BATCH_TURN),
                new AdmissionPolicy(limits.queueRequests(), limits.queueTokens()),
                time,
                listeners.apply(parts.name()));
    }

    private static PlainGraphs graphs(Seq2SeqModel model) {
        Seq2SeqShape shape = model.shape();
        return new PlainGraphs(
                model.graphs().encoder(),
                model.graphs().firstStep(),
                model.graphs().nextStep(),
                shape.decoderLayers(),
                shape.hiddenSize(),
                shape.vocabSize(),
                model.rules().padTokenId(),
                model.rules().decoderStartTokenId());
    }
}
