package dev.triptych.text.config;

import dev.triptych.text.runtime.ModelRegistry;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/**
 * Drains when the context stops. Lives in a late phase: stopping, it comes after the
 * doors have stopped taking requests and before the web server goes.
 */
final class EngineLifecycle implements SmartLifecycle {

    private final ModelRegistry models;
    private final ModelLoader loader;
    private final Duration patience;
    private volatile boolean running;

    EngineLifecycle(ModelRegistry models, ModelLoader loader, Duration patience) {
        this.models = models;
        this.loader = loader;
        this.patience = patience;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        loader.close();
        models.drain(patience);
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return 0;
    }
}
