package dev.triptych.vision.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.triptych.engine.CudaOptions.ArenaGrowth;
import dev.triptych.engine.CudaOptions.ConvolutionSearch;
import dev.triptych.engine.capi.RuntimeBinding;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class VisionPropertiesTest {

    @Test
    void defaultsAreThese() {
        assertThat(bind(Map.of("triptych.device", "auto")))
                .isEqualTo(new VisionProperties(
                        Path.of("models"),
                        "auto",
                        RuntimeBinding.JAVA,
                        0,
                        new VisionProperties.Cuda(
                                DataSize.ofBytes(0), ArenaGrowth.NEXT_POWER_OF_TWO, ConvolutionSearch.EXHAUSTIVE),
                        new VisionProperties.Vision(
                                DataSize.ofMegabytes(20),
                                64_000_000,
                                16,
                                Duration.ofMillis(2),
                                256,
                                0,
                                256,
                                Duration.ofSeconds(30)),
                        new VisionProperties.Kafka(
                                true,
                                "vision-0",
                                6,
                                (short) 1,
                                Duration.ofDays(7),
                                DataSize.ofMegabytes(8),
                                64,
                                2,
                                64,
                                Duration.ofMinutes(2)),
                        Duration.ofSeconds(2)));
    }

    @Test
    void keysAreThese() {
        VisionProperties properties = bind(Map.ofEntries(
                Map.entry("triptych.models", "/m"),
                Map.entry("triptych.device", "cuda:1"),
                Map.entry("triptych.engine", "capi"),
                Map.entry("triptych.threads", "3"),
                Map.entry("triptych.cuda.memory", "6GB"),
                Map.entry("triptych.cuda.arena-growth", "same-as-requested"),
                Map.entry("triptych.cuda.convolution-search", "heuristic"),
                Map.entry("triptych.vision.max-image-size", "1MB"),
                Map.entry("triptych.vision.max-image-pixels", "5"),
                Map.entry("triptych.vision.max-batch", "6"),
                Map.entry("triptych.vision.max-delay", "7ms"),
                Map.entry("triptych.vision.queue-capacity", "8"),
                Map.entry("triptych.vision.decode-threads", "9"),
                Map.entry("triptych.vision.decode-queue", "10"),
                Map.entry("triptych.vision.deadline", "11s"),
                Map.entry("triptych.kafka.enabled", "false"),
                Map.entry("triptych.kafka.instance-id", "a"),
                Map.entry("triptych.kafka.partitions", "12"),
                Map.entry("triptych.kafka.replicas", "3"),
                Map.entry("triptych.kafka.max-record-size", "13MB"),
                Map.entry("triptych.kafka.max-poll-records", "14"),
                Map.entry("triptych.kafka.transactions", "15"),
                Map.entry("triptych.kafka.retention", "18d"),
                Map.entry("triptych.kafka.items-in-flight", "16"),
                Map.entry("triptych.kafka.poll-patience", "17s"),
                Map.entry("triptych.drain-delay", "19s")));
        assertThat(properties)
                .isEqualTo(new VisionProperties(
                        Path.of("/m"),
                        "cuda:1",
                        RuntimeBinding.CAPI,
                        3,
                        new VisionProperties.Cuda(
                                DataSize.ofGigabytes(6), ArenaGrowth.SAME_AS_REQUESTED, ConvolutionSearch.HEURISTIC),
                        new VisionProperties.Vision(
                                DataSize.ofMegabytes(1), 5, 6, Duration.ofMillis(7), 8, 9, 10, Duration.ofSeconds(11)),
                        new VisionProperties.Kafka(
                                false,
                                "a",
                                12,
                                (short) 3,
                                Duration.ofDays(18),
                                DataSize.ofMegabytes(13),
                                14,
                                15,
                                16,
                                Duration.ofSeconds(17)),
                        Duration.ofSeconds(19)));
    }

    @Test
    void unknownKeysFail() {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> bind(Map.of("triptych.vision.max-bach", "6")))
                .withStackTraceContaining("max-bach");
    }

    private static VisionProperties bind(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bind(
                        "triptych",
                        Bindable.of(VisionProperties.class),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
                .get();
    }
}
