package dev.triptych.text.runtime;

import dev.triptych.modelpackage.ModelCheck;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.text.model.ModelFamily;
import dev.triptych.text.model.ModelLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The text models of a repository. {@link #loadAll} runs once on a thread of the caller's; everything else is safe from
 * any thread, also while models load.
 */
public final class ModelRegistry implements TextModels, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ModelRegistry.class);

    private final Loader loader;
    private final List<Entry> entries;
    private volatile boolean settled;
    private volatile boolean closed;

    /** Turns a package into something that runs. */
    @FunctionalInterface
    public interface Loader {

        /**
         * Loads a model and starts its loop.
         *
         * @throws ModelLoadException saying what is wrong with it
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

    private ModelRegistry(Loader loader, List<Entry> entries) {
        this.loader = loader;
        this.entries = new CopyOnWriteArrayList<>(entries);
    }

    /**
     * Lists the text models of a repository without loading them. A folder that is no readable model package counts as a
     * failed model, so that somebody learns of it.
     *
     * @throws ModelPackageException if the repository is not a readable folder
     */
    public static ModelRegistry of(Path repository, Loader loader) {
        List<Entry> entries = new ArrayList<>();
        for (Path directory : ModelPackage.find(repository)) {
            try {
                ModelPackage modelPackage = ModelPackage.open(directory);
                if (ModelFamily.of(modelPackage).isPresent()) {
                    entries.add(new Entry(modelPackage, describe(modelPackage)));
                }
            } catch (ModelPackageException e) {
                entries.add(new Entry(null, unreadable(directory, String.valueOf(e.getMessage()))));
            }
        }
        entries.sort(Comparator.comparing(entry -> entry.description.id()));
        return new ModelRegistry(loader, entries);
    }

    /** Loads every model, one after the other; a failure concerns that model alone. */
    public void loadAll() {
        for (Entry entry : entries) {
            ModelPackage modelPackage = entry.modelPackage;
            if (modelPackage != null && !closed) {
                load(entry, modelPackage);
            }
        }
        settled = true;
    }

    private void load(Entry entry, ModelPackage modelPackage) {
        long began = System.nanoTime();
        try {
            Running running = loader.load(modelPackage, entry.description);
            entry.become(running);
            log.info(
                    "model {} is ready on {} after {} ms",
                    modelPackage.name(),
                    running.served().description().device().orElse("?"),
                    (System.nanoTime() - began) / 1_000_000);
        } catch (ModelLoadException e) {
            entry.fail(e.problems(), e.checks());
            log.error("model {} cannot be served: {}", modelPackage.name(), e.getMessage());
        } catch (RuntimeException e) {
            entry.fail(List.of("loading failed: " + e), List.of());
            log.error("model {} cannot be served", modelPackage.name(), e);
        }
    }

    @Override
    public List<ModelDescription> list() {
        return entries.stream().map(Entry::description).toList();
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
        return entries.stream()
                .filter(entry -> entry.description.id().equals(id))
                .flatMap(entry -> entry.served().stream())
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(served -> served.description().status() == ModelDescription.Status.READY)
                .findFirst();
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
        closed = true;
        List<Running> all =
                entries.stream().flatMap(entry -> entry.running().stream()).toList();
        all.forEach(running -> running.engine().drain());
        for (Running running : all) {
            running.engine().awaitEnd(patience);
            free(running);
        }
        entries.forEach(Entry::forget);
    }

    /** Aborts what is in flight and frees all models. */
    @Override
    public void close() {
        closed = true;
        for (Entry entry : entries) {
            entry.running().ifPresent(running -> {
                running.engine().close();
                free(running);
            });
            entry.forget();
        }
    }

    private static void free(Running running) {
        try {
            running.model().close();
        } catch (Exception e) {
            log.warn("a model could not be freed", e);
        }
    }

    private static ModelDescription describe(ModelPackage modelPackage) {
        return new ModelDescription(
                modelPackage.name(),
                modelPackage.manifest().map(manifest -> manifest.task()).orElseGet(() -> task(modelPackage)),
                modelPackage.manifest().flatMap(manifest -> manifest.source()),
                modelPackage.manifest().flatMap(manifest -> manifest.target()),
                ModelDescription.Status.LOADING,
                Optional.empty(),
                created(modelPackage.directory()),
                List.of());
    }

    private static String task(ModelPackage modelPackage) {
        return ModelFamily.of(modelPackage).map(ModelFamily::task).orElse("unknown");
    }

    private static ModelDescription unreadable(Path directory, String problem) {
        return new ModelDescription(
                String.valueOf(directory.getFileName()),
                "unknown",
                Optional.empty(),
                Optional.empty(),
                ModelDescription.Status.FAILED,
                Optional.empty(),
                created(directory),
                List.of(problem));
    }

    private static Instant created(Path directory) {
        try {
            return Files.getLastModifiedTime(directory.resolve("config.json")).toInstant();
        } catch (IOException e) {
            return Clock.systemUTC().instant();
        }
    }

    /** One model's place; its state is replaced as a whole. */
    private static final class Entry {

        private final @Nullable ModelPackage modelPackage;
        private volatile ModelDescription description;
        private volatile @Nullable Running running;

        Entry(@Nullable ModelPackage modelPackage, ModelDescription description) {
            this.modelPackage = modelPackage;
            this.description = description;
        }

        ModelDescription description() {
            return served().map(ServedModel::description).orElse(description);
        }

        Optional<ServedModel> served() {
            return running().map(Running::served);
        }

        Optional<Running> running() {
            return Optional.ofNullable(running);
        }

        void become(Running started) {
            running = started;
            description = started.served().description();
        }

        void fail(List<String> problems, List<ModelCheck> checks) {
            description = description.checked(checks).failed(problems);
        }

        void forget() {
            running = null;
        }
    }
}
