package dev.triptych.engine;

import java.nio.file.Path;

/** Opens graphs as sessions. */
public interface ModelSessions {

    /**
     * Loads a graph on the device that {@code options} ask for.
     *
     * @throws EngineException if the file is no graph, needs operators that are missing, or a device that was named
     *     outright is not there
     */
    ModelSession open(Path graph, SessionOptions options);
}
