package dev.triptych.text.config;

import dev.triptych.engine.onnx.OnnxModelSessions;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TimeSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.util.unit.DataSize;

/** Real engines over a repository, loaded when the call returns. */
final class TestEngines {

    private static final EngineProperties.Watch WATCH =
            new EngineProperties.Watch(Duration.ZERO, Duration.ZERO, Duration.ZERO);

    private TestEngines() {}

    static ModelRegistry open(Path repository, RuntimeListener listener) {
        return open(repository, List.of(), listener);
    }

    /** The repository's {@code models/}, whose models ship. */
    static Path shippedModels() {
        for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
            if (Files.exists(up.resolve("models/triptych-en-de/config.json"))) {
                return up.resolve("models");
            }
        }
        throw new AssertionError("there is no models/ above " + Path.of("").toAbsolutePath());
    }

    /** @param variants suffixes of graphs to try */
    static ModelRegistry open(Path repository, List<String> variants, RuntimeListener listener) {
        EngineProperties.Limits limits = new EngineProperties.Limits(
                64,
                8192,
                1024,
                131_072,
                1024,
                1024,
                DataSize.ofMegabytes(512),
                0.5,
                Duration.ofMillis(20),
                Duration.ofSeconds(5));
        EngineProperties properties =
                new EngineProperties(repository, "cpu", 1, variants, DataSize.ofBytes(0), WATCH, limits);
        ModelRegistry registry = new EngineAssembly(
                        properties, new OnnxModelSessions(), TimeSource.system(), model -> listener)
                .registry();
        registry.loadAll();
        return registry;
    }
}
