package dev.triptych.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.vision.model.TaskKind;
import dev.triptych.vision.vit.VisionOptions;
import dev.triptych.wire.SegmentationResult;
import dev.triptych.wire.SegmentationResult.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The tiny SegFormer in ONNX Runtime against PyTorch and Hugging Face's post-processing on the same picture files. */
@Timeout(60)
class SegmentationGoldenIT {

    private static final String SEGFORMER = "segformer";

    @TempDir
    static Path folder;

    private static LoadedFixtures loaded;

    @BeforeAll
    static void load() {
        loaded = new LoadedFixtures(folder, SEGFORMER);
    }

    @AfterAll
    static void close() {
        loaded.close();
    }

    static List<JsonNode> goldens() {
        return List.copyOf(
                TinyModels.golden(SEGFORMER, "golden-segmentation.json").values());
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void logitsEqualPyTorchs(JsonNode golden) {
        float[] expected = new float[5 * 16 * 16];
        ByteBuffer.wrap(TinyModels.bytes(SEGFORMER, golden.get("logits")))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(expected);
        assertThat(loaded.outputs(SEGFORMER, TaskKind.SEGMENTATION, picture(golden))
                        .get("logits")
                        .values())
                .containsExactly(expected, within(1e-4f));
    }

    /** Run lengths of every mask, character by character, and so every pixel's label. */
    @ParameterizedTest
    @MethodSource("goldens")
    void masksEqualHuggingFaces(JsonNode golden) {
        SegmentationResult answer =
                (SegmentationResult) loaded.answer(SEGFORMER, picture(golden), new VisionOptions.Segmentation(1000, 0));
        int width = golden.get("width").intValue();
        int height = golden.get("height").intValue();
        assertThat(answer.width()).isEqualTo(width);
        assertThat(answer.height()).isEqualTo(height);
        assertThat(answer.segments()).hasSameSizeAs(golden.get("segments"));
        for (JsonNode expected : golden.get("segments")) {
            Segment segment = answer.segments().stream()
                    .filter(s -> s.label().equals(expected.get("label").stringValue()))
                    .findFirst()
                    .orElseThrow();
            assertThat(segment.area()).isEqualTo(expected.get("area").longValue());
            assertThat(segment.mask().size()).containsExactly(height, width);
            assertThat(segment.mask().counts())
                    .as(segment.label())
                    .isEqualTo(expected.get("counts").stringValue());
            assertThat(segment.score()).isBetween(0.2, 1.0);
        }
        assertThat(answer.segments())
                .isSortedAccordingTo(Comparator.comparingLong(Segment::area).reversed());
    }

    private static byte[] picture(JsonNode golden) {
        return TinyModels.bytes(SEGFORMER, golden.get("image"));
    }
}
