package dev.triptych.text.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One version of a model that runs, until its memory is freed. Safe from any thread. */
final class LiveModel {

    private static final Logger log = LoggerFactory.getLogger(LiveModel.class);

    private final ModelRegistry.Running running;
    private final String version;
    private final Instant since;
    private final AtomicBoolean freed = new AtomicBoolean();

    /** @param since when it could first be asked */
    LiveModel(ModelRegistry.Running running, String version, Instant since) {
        this.running = running;
        this.version = version;
        this.since = since;
    }

    ServedModel served() {
        return running.served();
    }

    String version() {
        return version;
    }

    boolean healthy() {
        return served().description().status() == ModelDescription.Status.READY;
    }

    ModelDescription.Version describe(ModelDescription.VersionStatus status) {
        return ModelDescription.Version.of(version, status, since);
    }

    /** How long nothing of it was in flight. */
    Duration idle() {
        return running.engine().idle();
    }

    void drain() {
        running.engine().drain();
    }

    /** Waits for what is in flight, aborts what is left after that time, and frees everything. */
    void end(Duration patience) {
        running.engine().awaitEnd(patience);
        free();
    }

    /** Aborts what is in flight and frees everything. */
    void abort() {
        running.engine().close();
        free();
    }

    private void free() {
        if (freed.compareAndSet(false, true)) {
            try {
                running.model().close();
            } catch (Exception e) {
                log.warn("a model could not be freed", e);
            }
        }
    }
}
