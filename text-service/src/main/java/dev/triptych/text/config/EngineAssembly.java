package dev.triptych.text.config;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.SessionOptions;
import dev.triptych.inference.GraphBounds;
import dev.triptych.inference.SessionGraph;
import dev.triptych.inference.SinglePassGraph;
import dev.triptych.modelpackage.ModelCheck;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.text.executor.EncoderGraph;
import dev.triptych.text.executor.PooledEncoder;
import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.generation.ParallelDecoders;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.StrategyCurves;
import dev.triptych.text.kvcache.CacheBudget;
import dev.triptych.text.kvcache.CacheDemand;
import dev.triptych.text.model.AttentionLoader;
import dev.triptych.text.model.CausalLoader;
import dev.triptych.text.model.CausalModel;
import dev.triptych.text.model.CausalShape;
import dev.triptych.text.model.EncoderLoader;
import dev.triptych.text.model.EncoderModel;
import dev.triptych.text.model.ModelFamily;
import dev.triptych.text.model.ModelLoadException;
import dev.triptych.text.model.Seq2SeqLoader;
import dev.triptych.text.model.Seq2SeqModel;
import dev.triptych.text.model.Seq2SeqShape;
import dev.triptych.text.model.StrategyCurvesReader;
import dev.triptych.text.runtime.EmbeddingLoop;
import dev.triptych.text.runtime.EngineLoop;
import dev.triptych.text.runtime.LoopTextEmbedder;
import dev.triptych.text.runtime.LoopTextGenerator;
import dev.triptych.text.runtime.MemoryBudget;
import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.PassRunner;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TimeSource;
import dev.triptych.text.scheduler.AdmissionPolicy;
import dev.triptych.text.scheduler.CohortScheduler;
import dev.triptych.text.scheduler.ContinuousScheduler;
import dev.triptych.text.scheduler.ParallelScheduler;
import dev.triptych.text.scheduler.Scheduler;
import dev.triptych.text.scheduler.SchedulingPolicy;
import dev.triptych.text.tokenizer.ContinuingTokenizer;
import dev.triptych.text.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Builds running models from packages. Plain Java, so that benchmarks use what the service uses. */
public final class EngineAssembly {

    /** While interactive rows run, offline work gets at most one step in so many. */
    private static final int BATCH_TURN = 8;

    private final EngineProperties properties;
    private final MemoryBudget memory;
    private final Seq2SeqLoader seq2SeqLoader;
    private final AttentionLoader attentionLoader;
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
        SessionOptions options = new SessionOptions(
                DeviceRequest.parse(properties.device()),
                properties.threads(),
                properties.cuda().options());
        this.memory = new MemoryBudget(properties.memory().toBytes());
        ModelSessions weighed = new WeighedSessions(sessions, memory);
        this.seq2SeqLoader = new Seq2SeqLoader(weighed, options, properties.variants());
        this.attentionLoader = new AttentionLoader(weighed, options);
        this.causalLoader = new CausalLoader(weighed, options, properties.variants());
        this.encoderLoader = new EncoderLoader(weighed, options, properties.variants());
        this.time = time;
        this.listeners = listeners;
    }

    /** The models of the repository, not loaded yet. */
    public ModelRegistry registry() {
        return ModelRegistry.of(
                properties.models(),
                this::load,
                time.clock(),
                properties.watch().grace());
    }

    /** The memory that all models have together. */
    public MemoryBudget memory() {
        return memory;
    }

    private ModelRegistry.Running load(ModelPackage modelPackage, ModelDescription description) {
        List<ModelCheck> checks = new ArrayList<>();
        return switch (ModelFamily.of(modelPackage).orElseThrow().kind()) {
            case SEQ2SEQ -> {
                Seq2SeqModel model = seq2SeqLoader.load(modelPackage, checks::add);
                StrategyCurves curves =
                        StrategyCurvesReader.read(modelPackage, model.nat().decoders());
                yield owning(model, held -> {
                    LoopTextGenerator.Abilities abilities = SpecialAbilities.of(
                            model, attentionLoader.load(modelPackage, model.shape(), checks::add), held);
                    return seq2Seq(
                            model,
                            held,
                            description.checked(checks),
                            new Language(model.tokenizer(), abilities, curves));
                });
            }
            case CAUSAL -> {
                CausalModel model = causalLoader.load(modelPackage, checks::add);
                yield owning(model, held -> causal(model, held, description.checked(checks)));
            }
            case ENCODER -> {
                EncoderModel model = encoderLoader.load(modelPackage, checks::add);
                yield owning(model, held -> encoder(model, held, description.checked(checks)));
            }
        };
    }

    /** Starts a model; where that fails, what it holds is freed. */
    private static ModelRegistry.Running owning(
            AutoCloseable model, Function<HeldModel, ModelRegistry.Running> starting) {
        HeldModel held = new HeldModel(model);
        boolean started = false;
        try {
            ModelRegistry.Running running = starting.apply(held);
            started = true;
            return running;
        } finally {
            if (!started) {
                held.close();
            }
        }
    }

    /** Sets the memory aside that a model's caches may take. */
    private void holdCache(String model, HeldModel held) {
        long bytes = properties.limits().cache().toBytes();
        held.add(memory.take(model, "model " + model + ": triptych.limits.cache", bytes));
    }

    private ModelRegistry.Running seq2Seq(
            Seq2SeqModel model, HeldModel held, ModelDescription description, Language language) {
        holdCache(model.name(), held);
        EngineProperties.Limits limits = properties.limits();
        Seq2SeqShape shape = model.shape();
        GenerationLimits bounds = new GenerationLimits(
                        shape.vocabSize(),
                        Math.min(limits.promptTokens(), shape.maxPositions()),
                        Math.min(limits.newTokens(), shape.maxPositions()))
                .with(model.nat().decoders());
        EngineLoop.Parts parts = new EngineLoop.Parts(
                model.name(),
                model.rules(),
                shape.vocabSize(),
                model.tokenizer()::decode,
                StepRunners.of(model, limits.cache().toBytes(), time.nanoTime()),
                PassRunners.of(model, rows(model.rowsIndependent()), time.nanoTime()),
                scheduler(model));
        return running(description.readyOn(model.placement().device()), parts, bounds, language, held);
    }

    private Scheduler scheduler(Seq2SeqModel model) {
        SchedulingPolicy policy = policy(model.rowsIndependent());
        Scheduler sequential = switch (model.graphs()) {
            case Seq2SeqModel.Plain ignored -> new CohortScheduler(policy);
            case Seq2SeqModel.Fused ignored -> new ContinuousScheduler(policy);
        };
        return model.nat().decoders().equals(ParallelDecoders.NONE)
                ? sequential
                : new ParallelScheduler(sequential, policy);
    }

    private ModelRegistry.Running causal(CausalModel model, HeldModel held, ModelDescription description) {
        holdCache(model.name(), held);
        EngineProperties.Limits limits = properties.limits();
        CausalShape shape = model.shape();
        GenerationLimits bounds = new GenerationLimits(
                shape.vocabSize(),
                Math.min(limits.promptTokens(), shape.maxPositions() - 1),
                Math.min(limits.newTokens(), shape.maxPositions() - 1),
                shape.maxPositions(),
                Strategy.MAX_ROWS);
        Tokenizer tokenizer = new ContinuingTokenizer(model.tokenizer());
        EngineLoop.Parts parts = new EngineLoop.Parts(
                model.name(),
                model.rules(),
                shape.vocabSize(),
                tokenizer::decode,
                StepRunners.of(model, limits.cache().toBytes(), time.nanoTime()),
                PassRunner.none(),
                new CohortScheduler(policy(model.rowsIndependent())));
        return running(
                description.readyOn(model.placement().device()),
                parts,
                bounds,
                new Language(tokenizer, SpecialAbilities.of(model), StrategyCurves.NONE),
                held);
    }

    private ModelRegistry.Running encoder(EncoderModel model, HeldModel held, ModelDescription description) {
        EngineProperties.Limits limits = properties.limits();
        EncoderModel.EncoderShape shape = model.shape();
        EncoderGraph graph = new EncoderGraph(
                model.graph(),
                shape.hiddenSize(),
                model.padTokenId(),
                model.pooling() == EncoderModel.Pooling.CLS,
                shape.lengthMultiple());
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
                new GenerationLimits(shape.vocabSize(), Math.min(limits.embeddingTokens(), shape.maxTokens()), 0),
                shape.hiddenSize(),
                bareGraph(model, limits),
                model.tokenizer(),
                loop);
        return new ModelRegistry.Running(embedder, loop, held);
    }

    private SinglePassGraph bareGraph(EncoderModel model, EngineProperties.Limits limits) {
        int tokens = Math.min(limits.embeddingTokens(), model.shape().maxTokens());
        return new SessionGraph(
                model.name(), model.graph(), new GraphBounds(limits.rows(), tokens, limits.batchTokens()));
    }

    /** Sequences that may run at once: one alone where it would depend on those beside it. */
    private int rows(boolean rowsIndependent) {
        return rowsIndependent ? properties.limits().rows() : 1;
    }

    /** How a model reads texts, what else it can do, and how its strategies fare. */
    private record Language(Tokenizer tokenizer, LoopTextGenerator.Abilities abilities, StrategyCurves curves) {}

    private ModelRegistry.Running running(
            ModelDescription description,
            EngineLoop.Parts parts,
            GenerationLimits bounds,
            Language language,
            AutoCloseable model) {
        GenerationLimits affordable = bounds.withMaxRows(affordableRows(parts, bounds));
        EngineProperties.Limits limits = properties.limits();
        EngineLoop loop = new EngineLoop(
                parts,
                new AdmissionPolicy(limits.queueRequests(), limits.queueTokens(), limits.queueWait()),
                time,
                listeners.apply(parts.name()));
        loop.start();
        LoopTextGenerator generator = new LoopTextGenerator(
                description, affordable, language.tokenizer(), loop, language.abilities(), language.curves());
        return new ModelRegistry.Running(generator, loop, model);
    }

    /** How many rows a request may have: one that could never run would wait for ever. */
    private int affordableRows(EngineLoop.Parts parts, GenerationLimits bounds) {
        CacheBudget budget = parts.runner().cache().budget();
        int rows = Math.min(Strategy.MAX_ROWS, parts.scheduler().maxRequestRows());
        while (rows > 0 && !budget.fits(0, new CacheDemand(1, rows, bounds.maxPromptTokens(), bounds.maxNewTokens()))) {
            rows--;
        }
        if (rows == 0) {
            parts.runner().cache().close();
            throw new ModelLoadException(List.of("triptych.limits.cache of "
                    + properties.limits().cache() + " is too small for one sequence of " + bounds.maxPromptTokens()
                    + " prompt tokens and " + bounds.maxNewTokens() + " new ones"));
        }
        return rows;
    }

    private SchedulingPolicy policy(boolean rowsIndependent) {
        EngineProperties.Limits limits = properties.limits();
        return new SchedulingPolicy(
                rows(rowsIndependent),
                limits.batchTokens(),
                limits.startFraction(),
                limits.hold().toNanos(),
                BATCH_TURN);
    }
}
