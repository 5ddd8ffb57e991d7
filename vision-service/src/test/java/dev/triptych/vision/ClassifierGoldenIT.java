package dev.triptych.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.onnx.OnnxModelSessions;
import dev.triptych.vision.TinyModels.Golden;
import dev.triptych.vision.batching.BatchListener;
import dev.triptych.vision.batching.BatchSettings;
import dev.triptych.vision.batching.BatchTicket;
import dev.triptych.vision.image.ImageDecoder;
import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.model.ClassifierLoader;
import dev.triptych.vision.model.LoadedClassifier;
import dev.triptych.vision.model.VisionModels;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tiny ViT in ONNX Runtime against PyTorch on the same picture files. */
@Timeout(60)
class ClassifierGoldenIT {

    private static final ImageDecoder DECODER = new ImageDecoder(new ImageLimits(1 << 20, 1 << 22));

    @TempDir
    static Path folder;

    private static final List<Integer> BATCHES = new ArrayList<>();
    private static VisionModels models;

    @BeforeAll
    static void load() {
        ClassifierLoader loader = new ClassifierLoader(
                new OnnxModelSessions(),
                new SessionOptions(new DeviceRequest.Cpu(), 1),
                new BatchSettings(16, Duration.ofMillis(300), 64),
                new BatchListener() {
                    @Override
                    public void batchStarted(String model, int rows) {
                        BATCHES.add(rows);
                    }
                },
                Clock.systemUTC());
        models = new VisionModels(TinyModels.repository(folder), loader);
        models.load();
    }

    @AfterAll
    static void close() {
        models.close();
    }

    static List<Golden> goldens() {
        return TinyModels.goldens();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void logitsEqualPyTorchs(Golden golden) {
        assertLogits(submit(golden), golden);
    }

    @Test
    void aloneIsAsInABatch() {
        BATCHES.clear();
        List<Golden> goldens = TinyModels.goldens();
        List<BatchTicket> tickets =
                goldens.stream().map(ClassifierGoldenIT::submit).toList();
        for (int i = 0; i < goldens.size(); i++) {
            assertLogits(tickets.get(i), goldens.get(i));
        }
        assertThat(BATCHES).containsExactly(goldens.size());
    }

    private static BatchTicket submit(Golden golden) {
        LoadedClassifier model = models.classifier("tiny");
        return model.batcher()
                .submit(
                        model.preprocessor().prepare(DECODER.decode(golden.bytes())),
                        Instant.now().plusSeconds(30));
    }

    private static void assertLogits(BatchTicket ticket, Golden golden) {
        float[] actual = ticket.scores().join();
        assertThat(actual).hasSameSizeAs(golden.logits());
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).as("%s, class %d", golden, i).isCloseTo(golden.logits()[i], within(1e-4f));
        }
    }
}
