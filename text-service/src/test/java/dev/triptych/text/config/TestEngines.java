package dev.triptych.text.config;

import dev.triptych.engine.CudaOptions.ArenaGrowth;
import dev.triptych.engine.CudaOptions.ConvolutionSearch;
import dev.triptych.engine.capi.RuntimeBinding;
import dev.triptych.testkit.Checkout;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Real engines over a repository, loaded when the call returns. */
final class TestEngines {

    static final EngineProperties.Cuda CUDA =
            new EngineProperties.Cuda(DataSize.ofBytes(0), ArenaGrowth.NEXT_POWER_OF_TWO, ConvolutionSearch.EXHAUSTIVE);

    private static final EngineProperties.Watch WATCH =
            new EngineProperties.Watch(Duration.ZERO, Duration.ZERO, Duration.ZERO);

    /** {@code -Dtriptych.test.engine=capi} runs the same tests through the C API. */
    static final RuntimeBinding BINDING = RuntimeBinding.valueOf(
            System.getProperty("triptych.test.engine", "java").toUpperCase(Locale.ROOT));

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private TestEngines() {}

    static ModelRegistry open(Path repository, RuntimeListener listener) {
        return open(repository, List.of(), listener);
    }

    /** The repository's {@code models/}, whose models ship. */
    static Path shippedModels() {
        return Checkout.path("models/triptych-en-de").getParent();
    }

    /** The shipped translator with its CTC decoder served from the float32 graph, written as links into {@code folder}. */
    static Path floatTranslator(Path folder) throws IOException {
        Path shipped = shippedModels().resolve("triptych-en-de");
        Path model = Files.createDirectories(folder.resolve("triptych-en-de"));
        try (Stream<Path> files = Files.list(shipped)) {
            for (Path file : files.toList()) {
                if (!file.endsWith("triptych.json")) {
                    Files.createSymbolicLink(model.resolve(file.getFileName()), file);
                }
            }
        }
        ObjectNode manifest = (ObjectNode) MAPPER.readTree(shipped.resolve("triptych.json"));
        ObjectNode ctc = (ObjectNode) manifest.path("decoders").path("ctc");
        ctc.remove("encoder");
        ctc.putArray("graphs").add("ctc_model");
        MAPPER.writeValue(model.resolve("triptych.json"), manifest);
        return folder;
    }

    /** @param variants suffixes of graphs to try */
    static ModelRegistry open(Path repository, List<String> variants, RuntimeListener listener) {
        EngineProperties.Limits limits = new EngineProperties.Limits(
                64,
                8192,
                1024,
                131_072,
                Duration.ZERO,
                1024,
                16_384,
                1024,
                DataSize.ofMegabytes(512),
                0.5,
                Duration.ofMillis(20),
                Duration.ofSeconds(5));
        EngineProperties properties =
                new EngineProperties(repository, "cpu", BINDING, 1, variants, DataSize.ofBytes(0), CUDA, WATCH, limits);
        ModelRegistry registry =
                new EngineAssembly(properties, BINDING.sessions(), TimeSource.system(), model -> listener).registry();
        registry.loadAll();
        return registry;
    }
}
