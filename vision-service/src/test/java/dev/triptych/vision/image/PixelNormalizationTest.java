package dev.triptych.vision.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.testkit.Fixtures;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PixelNormalizationTest {

    private static final int SIZE = 32;
    private static final int PIXELS = 3 * SIZE * SIZE;

    record Golden(String image, int width, int height, String pixelValues) {}

    static Stream<Golden> goldens() {
        List<Golden> goldens = new ArrayList<>();
        for (JsonNode node : JsonMapper.shared()
                .readTree(Fixtures.path("vit/golden-classification.json").toFile())) {
            goldens.add(new Golden(
                    node.get("image").stringValue(),
                    node.get("width").intValue(),
                    node.get("height").intValue(),
                    node.get("pixel_values").stringValue()));
        }
        return goldens.stream();
    }

    /** From the file to the model's input, bit for bit what Hugging Face's processor over Pillow feeds. */
    @ParameterizedTest
    @MethodSource("goldens")
    void modelInputEqualsHuggingFaces(Golden golden) throws IOException {
        PreprocessingSettings settings = new PreprocessingSettings(
                new Size(SIZE, SIZE),
                ResampleFilter.BILINEAR,
                null,
                1.0 / 255,
                List.of(0.5, 0.5, 0.5),
                List.of(0.5, 0.5, 0.5),
                null);
        RgbImage image = Pictures.decode(Fixtures.path("vit/" + golden.image()));
        assertThat(new Size(image.width(), image.height())).isEqualTo(new Size(golden.width(), golden.height()));
        float[] actual = new float[PIXELS];
        try (Arena arena = Arena.ofConfined()) {
            Tensor batch = Tensor.allocate(arena, DType.FLOAT32, Shape.of(2, 3, SIZE, SIZE));
            new PixelNormalization(settings).write(new ImagePreprocessor(settings).prepare(image), batch, 1);
            batch.copyFloats(PIXELS, actual, 0, PIXELS);
        }
        float[] expected = new float[PIXELS];
        ByteBuffer.wrap(Files.readAllBytes(Fixtures.path("vit/" + golden.pixelValues())))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(expected);
        assertThat(actual).isEqualTo(expected);
    }
}
