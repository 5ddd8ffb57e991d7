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
import dev.triptych.vision.image.DecodingRoom;
import dev.triptych.vision.image.ImageDecoder;
import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.model.LoadedModel;
import dev.triptych.vision.model.ModelLoader;
import dev.triptych.vision.model.TaskKind;
import dev.triptych.vision.model.VisionModels;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tiny ViT in ONNX Runtime against PyTorch on the same picture files. */
@Timeout(60)
class ClassificationGoldenIT {

    private static final ImageDecoder DECODER =
            new ImageDecoder(new ImageLimits(1 << 20, 1 << 22), new DecodingRoom(1 << 30, Duration.ofSeconds(50)));

    @TempDir
    static Path folder;

    private static VisionModels models;

    @BeforeAll
    static void load() {
        models =
                models(TinyModels.repository(folder), new BatchSettings(16, Duration.ZERO, 64), new BatchListener() {});
    }

    private static VisionModels models(Path repository, BatchSettings settings, BatchListener listener) {
        VisionModels loaded = new VisionModels(
                repository,
                new ModelLoader(
                        new OnnxModelSessions(),
                        new SessionOptions(new DeviceRequest.Cpu(), 1),
                        settings,
                        listener,
                        Clock.systemUTC()));
        loaded.load();
        return loaded;
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
        assertLogits(submit(models, golden), golden);
    }

    /** The batch waits until it holds all pictures, so that there is exactly one. */
    @Test
    void aloneIsAsInABatch() {
        List<Golden> goldens = TinyModels.goldens();
        List<Integer> batches = new CopyOnWriteArrayList<>();
        BatchListener listener = new BatchListener() {
            @Override
            public void batchStarted(String model, int rows) {
                batches.add(rows);
            }
        };
        try (VisionModels full =
                models(folder, new BatchSettings(goldens.size(), Duration.ofSeconds(30), 64), listener)) {
            List<BatchTicket> tickets =
                    goldens.stream().map(golden -> submit(full, golden)).toList();
            for (int i = 0; i < goldens.size(); i++) {
                assertLogits(tickets.get(i), goldens.get(i));
            }
        }
        assertThat(batches).containsExactly(goldens.size());
    }

    private static BatchTicket submit(VisionModels models, Golden golden) {
        LoadedModel model = models.serving("tiny", TaskKind.CLASSIFICATION);
        return model.batcher()
                .submit(
                        DECODER.decode(golden.bytes(), model.preprocessor()::prepare),
                        model.task().kind().outputs(),
                        Instant.now().plusSeconds(50));
    }

    private static void assertLogits(BatchTicket ticket, Golden golden) {
        float[] actual = ticket.outputs().join().get("logits").values();
        assertThat(actual).hasSameSizeAs(golden.logits());
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).as("%s, class %d", golden, i).isCloseTo(golden.logits()[i], within(1e-4f));
        }
    }
}
