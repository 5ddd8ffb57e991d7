package dev.triptych.text.config;

import dev.triptych.text.runtime.ModelRegistry;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/**
 * Starts loading when the context starts and drains when it stops. Lives in a late phase: stopping, it comes after the
 * doors have stopped taking requests and before the web server goes.
 */
final class EngineLifecycle implements SmartLifecycle {

    private final ModelRegistry models;
    private final Duration patience;
    private volatile boolean running;

    EngineLifecycle(ModelRegistry models, Duration patience) {
        this.models = models;
        this.patience = patience;
    }

    @Override
    public void start() {
        running = true;
        Thread.ofPlatform().name("model-loader").daemon(true).start(models::loadAll);
    }

    @Override
    public void stop() {
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
