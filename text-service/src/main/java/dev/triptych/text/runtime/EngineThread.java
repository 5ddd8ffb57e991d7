package dev.triptych.text.runtime;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The platform thread of one loop, started once. Whoever waits here is not that thread. */
final class EngineThread {

    private @Nullable Thread thread;

    void start(String model, Runnable loop) {
        thread = Thread.ofPlatform().name("engine-" + model).start(loop);
    }

    boolean isAlive() {
        Thread current = thread;
        return current != null && current.isAlive();
    }

    /** Waits for its end; an interrupt ends the wait. */
    void join() {
        Thread current = thread;
        if (current == null) {
            return;
        }
        try {
            current.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits so long for its end; whether it has come, which it has where it was never started. */
    boolean join(Duration patience) {
        Thread current = thread;
        if (current == null) {
            return true;
        }
        try {
            return current.join(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
