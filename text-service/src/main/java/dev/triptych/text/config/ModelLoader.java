package dev.triptych.text.config;

import dev.triptych.modelpackage.FolderFingerprint;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.text.runtime.LifeOutcome;
import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.text.runtime.ModelLife;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RepositoryWatch;
import dev.triptych.text.runtime.RepositoryWatch.Change;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads on which models are loaded and unloaded: all of the repository at the start, some at a time, then one after
 * the other what clients ask for and what changes in the repository's folders. At most one request for each model waits.
 */
public final class ModelLoader implements ModelLife, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ModelLoader.class);

    private final ModelRegistry models;
    private final Path repository;
    private final long intervalNanos;
    private final RepositoryWatch watch;
    private final int atOnce;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor thread;

    /** @param atOnce how many models are loaded at a time at the start */
    ModelLoader(ModelRegistry models, Path repository, EngineProperties.Watch settings, int atOnce) {
        this.models = models;
        this.repository = repository;
        this.atOnce = atOnce;
        this.intervalNanos = settings.interval().toNanos();
        this.watch = new RepositoryWatch(settings.quiet());
        this.thread = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("model-loader").daemon(true).factory());
    }

    /** Loads all models, then watches. */
    void start() {
        thread.execute(() -> {
            watch.begin(folders());
            try (ExecutorService loaders = Executors.newFixedThreadPool(
                    atOnce,
                    Thread.ofPlatform().name("model-loader-", 0).daemon(true).factory())) {
                models.loadAll(loaders);
            }
        });
        if (intervalNanos > 0) {
            thread.scheduleWithFixedDelay(this::look, intervalNanos, intervalNanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public CompletableFuture<LifeOutcome> load(String id) {
        return once(id, () -> models.load(id));
    }

    @Override
    public CompletableFuture<LifeOutcome> unload(String id) {
        return once(id, () -> models.unload(id));
    }

    private CompletableFuture<LifeOutcome> once(String id, Supplier<LifeOutcome> work) {
        if (isLoading(id) || !underWay.add(id)) {
            return CompletableFuture.completedFuture(new LifeOutcome.Busy());
        }
        try {
            return CompletableFuture.supplyAsync(work, thread).whenComplete((outcome, error) -> underWay.remove(id));
        } catch (RejectedExecutionException e) {
            underWay.remove(id);
            return CompletableFuture.completedFuture(new LifeOutcome.Closed());
        }
    }

    /** Whether a version of the model is being loaded, be it only in its turn. */
    private boolean isLoading(String id) {
        return models.list().stream()
                .filter(model -> model.id().equals(id))
                .anyMatch(model -> model.status() == ModelDescription.Status.LOADING
                        || model.versions().stream()
                                .anyMatch(version -> version.status() == ModelDescription.VersionStatus.LOADING));
    }

    private void look() {
        try {
            for (Change change : watch.look(folders(), System.nanoTime())) {
                switch (change) {
                    case Change.Settled settled -> reload(settled.id());
                    case Change.Removed removed -> models.remove(removed.id());
                }
            }
        } catch (RuntimeException e) {
            // The next look must still come: it would not after an exception.
            log.error("the model repository {} could not be looked at", repository, e);
        }
    }

    private void reload(String id) {
        if (models.isUnloaded(id)) {
            log.info("model {} has changed and stays unloaded", id);
        } else {
            models.load(id);
        }
    }

    private Map<String, FolderFingerprint> folders() {
        Map<String, FolderFingerprint> folders = new TreeMap<>();
        try {
            for (Path folder : ModelPackage.find(repository)) {
                folders.put(String.valueOf(folder.getFileName()), FolderFingerprint.of(folder));
            }
        } catch (ModelPackageException e) {
            log.warn("the model repository cannot be looked at: {}", e.getMessage());
            // One that cannot be read for a moment takes no model out of service.
            return watch.known();
        }
        return folders;
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
