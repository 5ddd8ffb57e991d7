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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The vision models of one repository, by id. Filled once by {@link #load}, read by any thread; closing it ends every
 * engine thread. Folders of other services' models are passed over.
 */
public final class VisionModels implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(VisionModels.class);

    private static final Duration LOADING_RETRY = Duration.ofSeconds(2);

    private final Path repository;
    private final ClassifierLoader loader;
    private final Map<String, ModelEntry> entries = new ConcurrentSkipListMap<>();

    private volatile boolean loaded;

    public VisionModels(Path repository, ClassifierLoader loader) {
        this.repository = repository;
        this.loader = loader;
    }

    /** Loads every vision model. One that fails is listed with the reason; none of them fails the others. */
    public void load() {
        for (Path folder : folders()) {
            entry(folder).ifPresent(entry -> entries.put(entry.id(), entry));
        }
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
        ModelPackage modelPackage;
        try {
            modelPackage = ModelPackage.open(folder);
            if (!VisionFamily.isClassifier(modelPackage)) {
                return Optional.empty();
            }
        } catch (ModelPackageException e) {
            // Unreadable settings do not say whose model it is; its preprocessing file does.
            return Files.exists(folder.resolve(PreprocessorConfig.FILE_NAME))
                    ? Optional.of(entry(id, folder, failed(id, ModelCheck.PACKAGE, String.valueOf(e.getMessage()))))
                    : Optional.empty();
        }
        return Optional.of(entry(id, folder, load(id, modelPackage)));
    }

    private ModelEntry.State load(String id, ModelPackage modelPackage) {
        try {
            LoadedClassifier classifier = loader.load(modelPackage);
            log.info("model {} serves {} classes on {}", id, classifier.labels().size(), classifier.device());
            return new ModelEntry.Serving(classifier);
        } catch (ModelCheckException e) {
            return failed(id, e.check(), String.valueOf(e.getMessage()));
        } catch (ModelPackageException e) {
            return failed(id, ModelCheck.PACKAGE, String.valueOf(e.getMessage()));
        }
    }

    /** Clients read the reason, and where the repository lies is not theirs to know. */
    private ModelEntry.Failed failed(String id, ModelCheck check, String message) {
        String reason = message.replace(repository + File.separator, "");
        log.error("model {} is not served, it failed the check '{}': {}", id, check.id(), reason);
        return new ModelEntry.Failed(check, reason);
    }

    private static ModelEntry entry(String id, Path folder, ModelEntry.State state) {
        return new ModelEntry(id, VisionFamily.IMAGE_CLASSIFICATION, created(folder), state);
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
     * The classifier of that id; without one the first that is served.
     *
     * @throws TriptychException.Rejected if there is none, or it failed a check
     * @throws TriptychException.Overloaded while models are loading
     */
    public LoadedClassifier classifier(@Nullable String id) {
        Optional<ModelEntry> entry = id == null ? firstServing() : Optional.ofNullable(entries.get(id));
        if (!loaded && (id == null || entry.isEmpty())) {
            throw new TriptychException.Overloaded(ErrorCode.UNAVAILABLE, LOADING_RETRY, "models are still loading");
        }
        return switch (entry.orElseThrow(() -> notFound(id)).state()) {
            case ModelEntry.Serving serving -> serving.classifier();
            case ModelEntry.Failed failed ->
                throw new TriptychException.Rejected(
                        ErrorCode.MODEL_NOT_FOUND,
                        "model",
                        "model '" + id + "' is not served: it failed the check '"
                                + failed.check().id() + "'");
        };
    }

    private Optional<ModelEntry> firstServing() {
        return entries.values().stream()
                .filter(entry -> entry.state() instanceof ModelEntry.Serving)
                .findFirst();
    }

    private static TriptychException.Rejected notFound(@Nullable String id) {
        String message = id == null ? "there is no image classifier" : "there is no vision model '" + id + "'";
        return new TriptychException.Rejected(ErrorCode.MODEL_NOT_FOUND, "model", message);
    }

    /** Whether every model that passed its checks still has its engine thread. */
    public boolean isHealthy() {
        return entries.values().stream()
                .allMatch(entry -> !(entry.state() instanceof ModelEntry.Serving serving)
                        || serving.classifier().batcher().isAlive());
    }

    @Override
    public void close() {
        for (ModelEntry entry : entries.values()) {
            if (entry.state() instanceof ModelEntry.Serving serving) {
                serving.classifier().batcher().close();
            }
        }
    }
}
