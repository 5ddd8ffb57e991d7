package dev.triptych.vision.config;

import dev.triptych.vision.model.VisionModels;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Loads the models on threads of its own, some at a time, beside the rest of the start. */
final class ModelLoading {

    /** Opening a graph keeps one core busy, trying it all of them. */
    private static final int AT_ONCE = 4;

    private final VisionModels models;
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();

    ModelLoading(VisionModels models) {
        this.models = models;
    }

    void start() {
        Thread.ofPlatform().name("model-loader").daemon(true).start(() -> {
            try (ExecutorService loaders = Executors.newFixedThreadPool(
                    Math.min(AT_ONCE, Runtime.getRuntime().availableProcessors()),
                    Thread.ofPlatform().name("model-loader-", 0).daemon(true).factory())) {
                models.load(loaders);
                loaded.complete(null);
            } catch (RuntimeException | Error e) {
                loaded.completeExceptionally(e);
            }
        });
    }

    /**
     * Returns once all are loaded or refused.
     *
     * @throws CompletionException if loading itself broke
     */
    void await() {
        loaded.join();
    }
}
