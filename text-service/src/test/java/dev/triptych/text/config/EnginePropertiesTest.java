package dev.triptych.text.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.engine.CudaOptions.ArenaGrowth;
import dev.triptych.engine.CudaOptions.ConvolutionSearch;
import dev.triptych.engine.capi.RuntimeBinding;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class EnginePropertiesTest {

    @Test
    void defaultsAreTheDocumentedOnes() {
        EngineProperties properties = bind(Map.of());
        assertThat(properties)
                .isEqualTo(new EngineProperties(
                        Path.of("models"),
                        "auto",
                        RuntimeBinding.JAVA,
                        0,
                        List.of(),
                        DataSize.ofBytes(0),
                        new EngineProperties.Cuda(
                                DataSize.ofBytes(0), ArenaGrowth.NEXT_POWER_OF_TWO, ConvolutionSearch.EXHAUSTIVE),
                        new EngineProperties.Watch(Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(5)),
                        new EngineProperties.Limits(
                                64,
                                8192,
                                1024,
                                131_072,
                                Duration.ofMillis(500),
                                1024,
                                16_384,
                                512,
                                DataSize.ofGigabytes(2),
                                1,
                                Duration.ofMillis(250),
                                Duration.ofSeconds(20))));
    }

    @Test
    void everyKeyReachesItsField() {
        EngineProperties properties = bind(Map.ofEntries(
                Map.entry("triptych.models", "elsewhere"),
                Map.entry("triptych.device", "cpu"),
                Map.entry("triptych.engine", "capi"),
                Map.entry("triptych.threads", "3"),
                Map.entry("triptych.variants", "int8,fp16"),
                Map.entry("triptych.memory", "10GB"),
                Map.entry("triptych.cuda.memory", "6GB"),
                Map.entry("triptych.cuda.arena-growth", "same-as-requested"),
                Map.entry("triptych.cuda.convolution-search", "heuristic"),
                Map.entry("triptych.watch.interval", "11s"),
                Map.entry("triptych.watch.quiet", "12s"),
                Map.entry("triptych.watch.grace", "13s"),
                Map.entry("triptych.limits.rows", "1"),
                Map.entry("triptych.limits.batch-tokens", "2"),
                Map.entry("triptych.limits.queue-requests", "3"),
                Map.entry("triptych.limits.queue-tokens", "4"),
                Map.entry("triptych.limits.queue-wait", "15ms"),
                Map.entry("triptych.limits.prompt-tokens", "5"),
                Map.entry("triptych.limits.embedding-tokens", "10"),
                Map.entry("triptych.limits.new-tokens", "6"),
                Map.entry("triptych.limits.cache", "7MB"),
                Map.entry("triptych.limits.start-fraction", "0.25"),
                Map.entry("triptych.limits.hold", "8ms"),
                Map.entry("triptych.limits.drain", "9s")));
        assertThat(properties)
                .isEqualTo(new EngineProperties(
                        Path.of("elsewhere"),
                        "cpu",
                        RuntimeBinding.CAPI,
                        3,
                        List.of("int8", "fp16"),
                        DataSize.ofGigabytes(10),
                        new EngineProperties.Cuda(
                                DataSize.ofGigabytes(6), ArenaGrowth.SAME_AS_REQUESTED, ConvolutionSearch.HEURISTIC),
                        new EngineProperties.Watch(
                                Duration.ofSeconds(11), Duration.ofSeconds(12), Duration.ofSeconds(13)),
                        new EngineProperties.Limits(
                                1,
                                2,
                                3,
                                4,
                                Duration.ofMillis(15),
                                5,
                                10,
                                6,
                                DataSize.ofMegabytes(7),
                                0.25,
                                Duration.ofMillis(8),
                                Duration.ofSeconds(9))));
    }

    private static EngineProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("triptych", EngineProperties.class);
    }
}
