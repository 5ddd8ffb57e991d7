package dev.triptych.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.triptych.vision.vit.VisionOptions;
import dev.triptych.vision.vit.VisionRequest;
import dev.triptych.wire.SegmentationResult;
import dev.triptych.wire.TriptychException;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The field {@code size}, over graphs that fit their positions to a size and one that does not. */
@Timeout(60)
class PictureSizeIT {

    private static final byte[] PICTURE = TinyModels.picture("photo-200x150.jpg");

    @TempDir
    static Path folder;

    private static LoadedFixtures loaded;

    @BeforeAll
    static void load() {
        loaded = new LoadedFixtures(folder, "vit", "yolos", "segformer", "vit-attention");
    }

    @AfterAll
    static void close() {
        loaded.close();
    }

    private static VisionOptions options(String model) {
        return switch (model) {
            case "yolos" -> new VisionOptions.Detection(10, OptionalDouble.of(0));
            case "segformer" -> new VisionOptions.Segmentation(10, 0);
            case "vit-attention" -> new VisionOptions.Attention(OptionalInt.empty(), OptionalInt.empty());
            default -> new VisionOptions.Classification(5, 0);
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "yolos | 100 | size must be a multiple of 16 from 16 to 1024, got 100",
                "yolos | 0 | size must be a multiple of 16 from 16 to 1024, got 0",
                "yolos | 1040 | size must be a multiple of 16 from 16 to 1024, got 1040",
                "segformer | 48 | size must be a multiple of 32 from 32 to 1024, got 48",
                "vit | 64 | model 'vit' takes pictures of its own size only",
                "vit-attention | 30 | size must be a multiple of 8 from 8 to 512, got 30"
            },
            quoteCharacter = '"')
    void sizesThatAModelDoesNotTakeNameTheirBound(String model, int size, String message) {
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(
                        () -> loaded.answer(new VisionRequest(model, PICTURE, options(model), OptionalInt.of(size))))
                .satisfies(e -> assertThat(e.getCause())
                        .isInstanceOfSatisfying(
                                TriptychException.Rejected.class,
                                rejected -> assertThat(rejected.field()).isEqualTo("size"))
                        .hasMessage(message));
    }

    @Test
    void masksOfEverySizeTileThePicture() {
        for (int size : new int[] {32, 64, 128, 512}) {
            SegmentationResult answer = (SegmentationResult)
                    loaded.answer(new VisionRequest("segformer", PICTURE, options("segformer"), OptionalInt.of(size)));
            assertThat(answer.segments().stream()
                            .mapToLong(SegmentationResult.Segment::area)
                            .sum())
                    .isEqualTo(200 * 150);
        }
        assertThat(loaded.answer(new VisionRequest("segformer", PICTURE, options("segformer"), OptionalInt.of(64))))
                .as("the model's own size")
                .isEqualTo(loaded.answer("segformer", PICTURE, options("segformer")));
    }
}
