package dev.triptych.vision.model;

import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The vision models of one repository, by id. Filled once by {@link #load}, read by any thread; closing it ends every
 * engine thread. Folders of other services' models are passed over.
 */
public final class VisionModels implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(VisionModels.class);

    private static final String UNKNOWN_TASK = "unknown";
    private static final Duration LOADING_RETRY = Duration.ofSeconds(2);

    private final Path repository;
    private final ModelLoader loader;
    private final Map<String, ModelEntry> entries = new ConcurrentSkipListMap<>();

    private volatile boolean loaded;

    public VisionModels(Path repository, ModelLoader loader) {
        this.repository = repository;
        this.loader = loader;
    }

    /** Loads every vision model, one after the other; see {@link #load(Executor)}. */
    public void load() {
        load(Runnable::run);
    }

    /**
     * Loads every vision model, as many at a time as {@code loaders} has threads. One that fails is listed with the reason;
     * none of them fails the others.
     */
    public void load(Executor loaders) {
        CompletableFuture.allOf(folders().stream()
                        .map(folder -> CompletableFuture.runAsync(
                                () -> entry(folder).ifPresent(entry -> entries.put(entry.id(), entry)), loaders))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
        loaded = true;
        log.info("vision models: {}", entries.isEmpty() ? "none in " + repository : entries.keySet());
    }

    private List<Path> folders() {
        try {
            return ModelPackage.find(repository);
        } catch (ModelPackageException e) {
            log.warn("no models: {}", e.getMessage());
            return List.of();
        }
    }

    private Optional<ModelEntry> entry(Path folder) {
        String id = String.valueOf(folder.getFileName());
        try {
            ModelPackage modelPackage = ModelPackage.open(folder);
            return TaskKind.of(modelPackage)
                    .map(kind -> new ModelEntry(id, kind.id(), created(folder), load(modelPackage, kind)));
        } catch (ModelPackageException e) {
            // Unreadable settings do not say whose model it is; its preprocessing file does.
            return Files.exists(folder.resolve(PreprocessorConfig.FILE_NAME))
                    ? Optional.of(new ModelEntry(id, UNKNOWN_TASK, created(folder), failed(id, ModelCheck.PACKAGE, e)))
                    : Optional.empty();
        }
    }

    private ModelEntry.State load(ModelPackage modelPackage, TaskKind kind) {
        String id = modelPackage.name();
        try {
            LoadedModel model = loader.load(modelPackage, kind);
            log.info(
                    "model {} serves {} of {} labels on {}",
                    id,
                    kind.id(),
                    model.task().labels().size(),
                    model.device());
            return new ModelEntry.Serving(model);
        } catch (ModelCheckException e) {
            return failed(id, e.check(), e);
        } catch (ModelPackageException e) {
            return failed(id, ModelCheck.PACKAGE, e);
        } catch (RuntimeException e) {
            log.error("model {} broke its loading", id, e);
            return failed(id, ModelCheck.LOADING, e);
        }
    }

    /** Clients read the reason, and where the repository lies is not theirs to know. */
    private ModelEntry.Failed failed(String id, ModelCheck check, RuntimeException cause) {
        String reason = String.valueOf(cause.getMessage()).replace(repository + File.separator, "");
        log.error("model {} is not served, it failed the check '{}': {}", id, check.id(), reason);
        return new ModelEntry.Failed(check, reason);
    }

    private static Instant created(Path folder) {
        try {
            return Files.getLastModifiedTime(folder.resolve("config.json")).toInstant();
        } catch (IOException e) {
            return Instant.EPOCH;
        }
    }

    /** Whether {@link #load} is through. */
    public boolean isLoaded() {
        return loaded;
    }

    /** All models of this service, failed ones too, by id. */
    public Collection<ModelEntry> all() {
        return List.copyOf(entries.values());
    }

    /** @throws TriptychException.Rejected if this service has no such model */
    public ModelEntry find(String id) {
        ModelEntry entry = entries.get(id);
        if (entry == null) {
            throw notFound(id);
        }
        return entry;
    }

    /**
     * The model of that id; without one the first that is served for the task.
     *
     * @throws TriptychException.Rejected if there is none, it failed a check, or its task is another
     * @throws TriptychException.Overloaded while models are loading
     */
    public LoadedModel serving(@Nullable String id, TaskKind kind) {
        Optional<ModelEntry> entry = id == null ? firstServing(kind) : Optional.ofNullable(entries.get(id));
        if (!loaded && (id == null || entry.isEmpty())) {
            throw loading();
        }
        return switch (entry.orElseThrow(() -> notFound(id, kind)).state()) {
            case ModelEntry.Serving(LoadedModel model) when model.task().kind() == kind -> model;
            case ModelEntry.Serving(LoadedModel model) ->
                throw new TriptychException.Rejected(
                        ErrorCode.INVALID_FIELD,
                        "model",
                        "model '" + id + "' is for " + model.task().kind().id() + ", this needs one for " + kind.id());
            case ModelEntry.Failed failed -> throw notServed(id, failed);
        };
    }

    /**
     * The model of that id; without one the first that is served and gives attentions, a classifier where there is one.
     *
     * @throws TriptychException.Rejected if there is none, it failed a check, or it gives none
     * @throws TriptychException.Overloaded while models are loading
     */
    public LoadedModel attentive(@Nullable String id) {
        if (id == null && !loaded) {
            throw loading();
        }
        if (id == null) {
            return entries.values().stream()
                    .flatMap(entry -> entry.state() instanceof ModelEntry.Serving(LoadedModel model)
                            ? Stream.of(model)
                            : Stream.empty())
                    .filter(model -> model.attention().isPresent())
                    .min(Comparator.comparing(model -> model.task().kind()))
                    .orElseThrow(() -> new TriptychException.Rejected(
                            ErrorCode.MODEL_NOT_FOUND, "model", "there is no model with attention outputs"));
        }
        LoadedModel model = serving(id);
        if (model.attention().isEmpty()) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD,
                    "model",
                    "model '" + id + "' has no attention outputs: neither " + ModelLoader.ATTENTION_STEM
                            + ".onnx nor attentions.N [batch, heads, tokens, tokens] in its graph");
        }
        return model;
    }

    /**
     * The model of that id, whatever its task.
     *
     * @throws TriptychException.Rejected if there is none or it failed a check
     * @throws TriptychException.Overloaded while models are loading
     */
    public LoadedModel serving(String id) {
        ModelEntry entry = entries.get(id);
        if (entry == null && !loaded) {
            throw loading();
        }
        return switch (find(id).state()) {
            case ModelEntry.Serving(LoadedModel model) -> model;
            case ModelEntry.Failed failed -> throw notServed(id, failed);
        };
    }

    private static TriptychException.Overloaded loading() {
        return new TriptychException.Overloaded(ErrorCode.UNAVAILABLE, LOADING_RETRY, "models are still loading");
    }

    private static TriptychException.Rejected notServed(@Nullable String id, ModelEntry.Failed failed) {
        return new TriptychException.Rejected(
                ErrorCode.MODEL_NOT_FOUND,
                "model",
                "model '" + id + "' is not served: it failed the check '"
                        + failed.check().id() + "'");
    }

    private Optional<ModelEntry> firstServing(TaskKind kind) {
        return entries.values().stream()
                .filter(entry -> entry.state() instanceof ModelEntry.Serving(LoadedModel model)
                        && model.task().kind() == kind)
                .findFirst();
    }

    private static TriptychException.Rejected notFound(String id) {
        return new TriptychException.Rejected(
                ErrorCode.MODEL_NOT_FOUND, "model", "there is no vision model '" + id + "'");
    }

    private static TriptychException.Rejected notFound(@Nullable String id, TaskKind kind) {
        return id == null
                ? new TriptychException.Rejected(
                        ErrorCode.MODEL_NOT_FOUND, "model", "there is no model for " + kind.id())
                : notFound(id);
    }

    /** Whether every model that passed its checks still has its engine thread. */
    public boolean isHealthy() {
        return entries.values().stream()
                .allMatch(entry -> !(entry.state() instanceof ModelEntry.Serving serving)
                        || serving.model().isAlive());
    }

    @Override
    public void close() {
        for (ModelEntry entry : entries.values()) {
            if (entry.state() instanceof ModelEntry.Serving serving) {
                serving.model().close();
            }
        }
    }
}
