package dev.triptych.text.runtime;

import dev.triptych.modelpackage.ModelCheck;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.text.model.ModelFamily;
import dev.triptych.text.model.ModelLoadException;
import dev.triptych.text.runtime.ModelDescription.Version;
import dev.triptych.text.runtime.ModelDescription.VersionStatus;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The text models of a repository. At the start all are loaded, some at a time; later loading and unloading takes one after
 * the other, whoever asks. Everything else is safe from any thread, also meanwhile.
 *
 * <p>A version takes over from the one before only after it has passed every check. The one before finishes what it has
 * ({@link Retirement}), and a version that is refused leaves it in its place.
 */
public final class ModelRegistry implements TextModels, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ModelRegistry.class);

    private final Path repository;
    private final Loader loader;
    private final Clock clock;
    private final Retirement retirement;
    private final ConcurrentNavigableMap<String, ModelPlace> places = new ConcurrentSkipListMap<>();
    private final ReentrantLock life = new ReentrantLock();
    private volatile boolean settled;
    private boolean closed;

    /** Turns a package into something that runs. */
    @FunctionalInterface
    public interface Loader {

        /**
         * Loads a model and starts its loop.
         *
         * @throws ModelLoadException saying what is wrong with it
         * @throws MemoryExceededException if there is not so much memory left for models
         */
        Running load(ModelPackage modelPackage, ModelDescription description);
    }

    /**
     * A model that runs.
     *
     * @param served its façade
     * @param engine its thread
     * @param model its graphs, to be closed after the thread has ended
     */
    public record Running(ServedModel served, ModelEngine engine, AutoCloseable model) {}

    private ModelRegistry(Path repository, Loader loader, Clock clock, Duration grace) {
        this.repository = repository;
        this.loader = loader;
        this.clock = clock;
        this.retirement = new Retirement(grace);
    }

    /**
     * Lists the text models of a repository without loading them. A folder that is no readable model package counts as a
     * failed model, so that somebody learns of it.
     *
     * @param grace how long nothing must be in flight on a version that was replaced before it is closed
     * @throws ModelPackageException if the repository is not a readable folder
     */
    public static ModelRegistry of(Path repository, Loader loader, Clock clock, Duration grace) {
        ModelRegistry registry = new ModelRegistry(repository, loader, clock, grace);
        for (Path directory : ModelPackage.find(repository)) {
            try {
                ModelPackage modelPackage = ModelPackage.open(directory);
                if (ModelFamily.of(modelPackage).isPresent()) {
                    registry.place(PackageDescription.loading(modelPackage));
                }
            } catch (ModelPackageException e) {
                registry.place(PackageDescription.unreadable(directory, String.valueOf(e.getMessage())));
            }
        }
        return registry;
    }

    private void place(ModelDescription description) {
        places.put(description.id(), new ModelPlace(description));
    }

    /** Loads every model, one after the other; a failure concerns that model alone. */
    public void loadAll() {
        loadAll(Runnable::run);
    }

    /**
     * Loads every model, as many at a time as {@code loaders} has threads; a failure concerns that model alone. Whoever
     * asks for another load meanwhile waits until all are through.
     */
    public void loadAll(Executor loaders) {
        life.lock();
        try {
            CompletableFuture.allOf(places.keySet().stream()
                            .map(id -> CompletableFuture.runAsync(() -> loadNow(id), loaders))
                            .toArray(CompletableFuture<?>[]::new))
                    .join();
        } finally {
            life.unlock();
        }
        settled = true;
    }

    /** Loads a model, or replaces one that runs where its folder holds another version; see {@link ModelLife#load}. */
    public LifeOutcome load(String id) {
        life.lock();
        try {
            return loadNow(id);
        } finally {
            life.unlock();
        }
    }

    private LifeOutcome loadNow(String id) {
        if (isClosed()) {
            return new LifeOutcome.Closed();
        }
        Optional<Path> directory = folder(id);
        return directory.isPresent() ? loadFrom(id, directory.get()) : new LifeOutcome.Unknown();
    }

    /** The folder of that name among the repository's own; what a client names is never taken for a path. */
    private Optional<Path> folder(String id) {
        return ModelPackage.find(repository).stream()
                .filter(folder -> String.valueOf(folder.getFileName()).equals(id))
                .findFirst();
    }

    private LifeOutcome loadFrom(String id, Path directory) {
        ModelPackage modelPackage;
        String version;
        try {
            modelPackage = ModelPackage.open(directory);
            if (ModelFamily.of(modelPackage).isEmpty()) {
                return new LifeOutcome.Unknown();
            }
            version = modelPackage.version();
        } catch (ModelPackageException e) {
            String problem = String.valueOf(e.getMessage());
            return refuse(id, "unreadable", PackageDescription.unreadable(directory, problem));
        }
        ModelDescription description = PackageDescription.loading(modelPackage);
        ModelPlace place = places.computeIfAbsent(id, name -> new ModelPlace(description));
        Optional<LiveModel> live = place.live();
        if (live.isPresent() && live.get().healthy() && live.get().version().equals(version)) {
            return new LifeOutcome.Ready(place.description());
        }
        place.trying(description, Version.of(version, VersionStatus.LOADING, clock.instant()));
        return load(place, modelPackage, description, version);
    }

    private LifeOutcome load(
            ModelPlace place, ModelPackage modelPackage, ModelDescription description, String version) {
        String id = modelPackage.name();
        long began = System.nanoTime();
        try {
            Running running = loader.load(modelPackage, description);
            if (!take(place, new LiveModel(running, version, clock.instant()))) {
                return new LifeOutcome.Closed();
            }
            log.info(
                    "model {} is ready on {} after {} ms, version {}",
                    id,
                    running.served().description().device().orElse("?"),
                    (System.nanoTime() - began) / 1_000_000,
                    version);
            return new LifeOutcome.Ready(place.description());
        } catch (ModelLoadException e) {
            log.error("model {} cannot be served: {}", id, e.getMessage());
            return refuse(id, version, failed(description, e.checks(), e.problems()));
        } catch (MemoryExceededException e) {
            log.error("model {} is not loaded: {}", id, e.getMessage());
            refuse(id, version, failed(description, List.of(), List.of(e.getMessage())));
            return new LifeOutcome.MemoryExceeded(e.getMessage());
        } catch (RuntimeException e) {
            log.error("model {} cannot be served", id, e);
            return refuse(id, version, failed(description, List.of(), List.of("loading failed: " + e)));
        }
    }

    private static ModelDescription failed(ModelDescription model, Collection<ModelCheck> checks, List<String> why) {
        return model.checked(List.copyOf(checks)).failed(why);
    }

    private LifeOutcome refuse(String id, String version, ModelDescription failed) {
        places.computeIfAbsent(id, name -> new ModelPlace(failed))
                .refused(failed, new Version(version, VersionStatus.FAILED, clock.instant(), failed.problems()));
        return new LifeOutcome.Refused(failed.problems());
    }

    /** @return false where the registry was closed meanwhile */
    private synchronized boolean take(ModelPlace place, LiveModel next) {
        if (closed) {
            next.abort();
            return false;
        }
        place.become(next).ifPresent(before -> retire(place, before));
        return true;
    }

    private CompletableFuture<Void> retire(ModelPlace place, LiveModel before) {
        place.draining(before);
        return retirement.retire(before.served().description().id(), before).thenRun(() -> place.freed(before));
    }

    /** Takes a model out of service until somebody loads it; see {@link ModelLife#unload}. */
    public LifeOutcome unload(String id) {
        life.lock();
        try {
            return leave(id, places.get(id));
        } finally {
            life.unlock();
        }
    }

    /** Whether somebody took the model out of service: then only somebody brings it back. */
    public boolean isUnloaded(String id) {
        ModelPlace place = places.get(id);
        return place != null && place.description().status() == ModelDescription.Status.UNLOADED;
    }

    /** Takes a model whose folder is gone out of service and off the list. */
    public void remove(String id) {
        life.lock();
        try {
            leave(id, places.remove(id));
        } finally {
            life.unlock();
        }
    }

    private synchronized LifeOutcome leave(String id, @Nullable ModelPlace place) {
        if (place == null) {
            return new LifeOutcome.Unknown();
        }
        if (closed) {
            return new LifeOutcome.Closed();
        }
        CompletableFuture<Void> freed = place.leave(place.description().unloaded())
                .map(live -> retire(place, live))
                .orElseGet(() -> CompletableFuture.completedFuture(null));
        log.info("model {} is out of service", id);
        return new LifeOutcome.Unloaded(place.description(), freed);
    }

    @Override
    public List<ModelDescription> list() {
        return places.values().stream().map(ModelPlace::description).toList();
    }

    @Override
    public Optional<TextGenerator> ready(String id) {
        return ready(id, TextGenerator.class);
    }

    @Override
    public Optional<TextEmbedder> embedder(String id) {
        return ready(id, TextEmbedder.class);
    }

    private <T extends ServedModel> Optional<T> ready(String id, Class<T> kind) {
        return Optional.ofNullable(places.get(id))
                .flatMap(ModelPlace::live)
                .filter(LiveModel::healthy)
                .map(LiveModel::served)
                .filter(kind::isInstance)
                .map(kind::cast);
    }

    @Override
    public boolean settled() {
        return settled;
    }

    /**
     * Finishes what is in flight, then frees all models.
     *
     * @param patience for each model, after which what is left is aborted
     */
    public void drain(Duration patience) {
        List<LiveModel> all = leaveAll();
        all.forEach(LiveModel::drain);
        retirement.endAll(patience);
        all.forEach(live -> live.end(patience));
    }

    /** Aborts what is in flight and frees all models. */
    @Override
    public void close() {
        retirement.abortAll();
        leaveAll().forEach(LiveModel::abort);
    }

    private synchronized List<LiveModel> leaveAll() {
        closed = true;
        List<LiveModel> all = new ArrayList<>();
        for (ModelPlace place : places.values()) {
            place.leave(place.description()).ifPresent(all::add);
        }
        return all;
    }

    private synchronized boolean isClosed() {
        return closed;
    }
}
