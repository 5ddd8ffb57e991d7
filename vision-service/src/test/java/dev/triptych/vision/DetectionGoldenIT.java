package dev.triptych.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.vision.batching.BatchListener;
import dev.triptych.vision.batching.BatchSettings;
import dev.triptych.vision.batching.BatchTicket;
import dev.triptych.vision.batching.RowOutputs;
import dev.triptych.vision.model.TaskKind;
import dev.triptych.vision.vit.VisionOptions;
import dev.triptych.vision.vit.VisionRequest;
import dev.triptych.wire.DetectionResult;
import dev.triptych.wire.DetectionResult.DetectedObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The tiny YOLOS in ONNX Runtime against PyTorch and Hugging Face's post-processing on the same picture files. */
@Timeout(60)
class DetectionGoldenIT {

    private static final String YOLOS = "yolos";
    private static final double PIXELS = 1e-3;

    @TempDir
    static Path folder;

    private static LoadedFixtures loaded;

    @BeforeAll
    static void load() {
        loaded = new LoadedFixtures(folder, YOLOS);
    }

    @AfterAll
    static void close() {
        loaded.close();
    }

    static List<JsonNode> goldens() {
        return List.copyOf(TinyModels.golden(YOLOS, "golden-detection.json").values());
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void logitsAndBoxesEqualPyTorchs(JsonNode golden) {
        assertOutputs(loaded.outputs(YOLOS, TaskKind.DETECTION, picture(golden)), golden);
    }

    private static void assertOutputs(RowOutputs outputs, JsonNode golden) {
        assertThat(outputs.get("logits").values())
                .containsExactly(TinyModels.floats(golden.get("logits")), within(1e-4f));
        assertThat(outputs.get("pred_boxes").values())
                .containsExactly(TinyModels.floats(golden.get("pred_boxes")), within(1e-4f));
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void objectsEqualHuggingFaces(JsonNode golden) {
        assertObjects(golden, OptionalInt.empty());
    }

    static List<JsonNode> largerGoldens() {
        return List.copyOf(TinyModels.golden(YOLOS, "golden-detection-96.json").values());
    }

    @ParameterizedTest
    @MethodSource("largerGoldens")
    void anotherSizeIsTheProcessorsOfThatSize(JsonNode golden) {
        assertObjects(golden, OptionalInt.of(96));
    }

    private static void assertObjects(JsonNode golden, OptionalInt size) {
        OptionalDouble threshold = OptionalDouble.of(golden.get("threshold").doubleValue());
        DetectionResult answer = (DetectionResult) loaded.answer(
                new VisionRequest(YOLOS, picture(golden), new VisionOptions.Detection(1000, threshold), size));
        assertThat(answer.width()).isEqualTo(golden.get("width").intValue());
        assertThat(answer.height()).isEqualTo(golden.get("height").intValue());
        List<JsonNode> expected = new ArrayList<>(golden.get("objects").values());
        expected.sort(Comparator.comparingDouble(
                        (JsonNode object) -> object.get("score").doubleValue())
                .reversed());
        assertThat(answer.objects()).hasSameSizeAs(expected);
        double tolerance = PIXELS * Math.max(answer.width(), answer.height());
        for (int i = 0; i < expected.size(); i++) {
            DetectedObject object = answer.objects().get(i);
            assertThat(object.label()).isEqualTo(expected.get(i).get("label").stringValue());
            assertThat(object.score()).isCloseTo(expected.get(i).get("score").doubleValue(), within(1e-4));
            float[] box = TinyModels.floats(expected.get(i).get("box"));
            assertThat(object.box().xmin()).isCloseTo(box[0], within(tolerance));
            assertThat(object.box().ymin()).isCloseTo(box[1], within(tolerance));
            assertThat(object.box().xmax()).isCloseTo(box[2], within(tolerance));
            assertThat(object.box().ymax()).isCloseTo(box[3], within(tolerance));
        }
    }

    /** The batch waits until it holds all pictures; those of one size then share a run. */
    @Test
    void picturesOfMixedSizesGetWhatTheyGetAlone() {
        List<Integer> batches = new CopyOnWriteArrayList<>();
        BatchListener listener = new BatchListener() {
            @Override
            public void batchStarted(String model, int rows) {
                batches.add(rows);
            }
        };
        List<JsonNode> goldens = goldens();
        try (LoadedFixtures full =
                new LoadedFixtures(folder, new BatchSettings(goldens.size(), Duration.ofSeconds(30), 64), listener)) {
            List<BatchTicket> tickets = goldens.stream()
                    .map(golden -> full.submit(YOLOS, TaskKind.DETECTION, picture(golden)))
                    .toList();
            for (int i = 0; i < tickets.size(); i++) {
                assertOutputs(tickets.get(i).outputs().join(), goldens.get(i));
            }
        }
        long sizes = goldens.stream()
                .map(golden -> golden.get("input").toString())
                .distinct()
                .count();
        assertThat(batches).hasSize((int) sizes);
        assertThat(batches.stream().mapToInt(Integer::intValue).sum()).isEqualTo(goldens.size());
    }

    private static byte[] picture(JsonNode golden) {
        return TinyModels.bytes(YOLOS, golden.get("image"));
    }
}
