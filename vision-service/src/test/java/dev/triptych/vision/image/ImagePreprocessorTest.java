package dev.triptych.vision.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.triptych.vision.image.PreprocessingSettings.EdgeLimits;
import dev.triptych.vision.image.PreprocessingSettings.Resize;
import dev.triptych.vision.image.PreprocessingSettings.ShortestEdge;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImagePreprocessorTest {

    /** Hugging Face: {@code center_crop} of a picture that counts from 1, row by row. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5 | 4 | 2 | 3 | 2 3 7 8 12 13",
                "3 | 3 | 6 | 4 | 0 0 0 0 0 0 0 0 1 2 3 0 0 0 4 5 6 0 0 0 7 8 9 0",
                "5 | 2 | 2 | 5 | 0 0 0 0 2 3 7 8 0 0",
                "5 | 5 | 2 | 2 | 7 8 12 13"
            })
    void centerCropEqualsHuggingFaces(int width, int height, int cropWidth, int cropHeight, String expected) {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (1 + i / 3);
        }
        RgbImage cropped =
                preprocessor(null, new Size(cropWidth, cropHeight)).prepare(new RgbImage(width, height, pixels));
        StringBuilder actual = new StringBuilder();
        for (int i = 0; i < cropWidth * cropHeight; i++) {
            actual.append(cropped.pixels()[3 * i]).append(' ');
        }
        assertThat(actual.toString().strip()).isEqualTo(expected);
    }

    /** Hugging Face: {@code get_resize_output_image_size(image, size, default_to_square=False)}. */
    @ParameterizedTest
    @CsvSource({"224, 640, 480, 298, 224", "224, 480, 640, 224, 298", "256, 1, 1, 256, 256", "7, 3, 10, 7, 23"})
    void theLongerEdgeKeepsTheRatioRoundedDown(int edge, int width, int height, int toWidth, int toHeight) {
        assertThat(new ShortestEdge(edge).target(width, height)).isEqualTo(new Size(toWidth, toHeight));
    }

    /** Hugging Face: {@code get_size_with_aspect_ratio_yolos}; where it gives 0, this gives 16. */
    @ParameterizedTest
    @CsvSource({
        "800, 1333, 640, 480, 1056, 800",
        "800, 1333, 480, 640, 800, 1056",
        "800, 1333, 1000, 300, 1328, 400",
        "800, 1333, 300, 1000, 400, 1328",
        "512, 1333, 512, 512, 512, 512",
        "512, 1333, 700, 512, 688, 512",
        "512, 1333, 512, 700, 512, 688",
        "48, 80, 33, 17, 80, 32",
        "48, 80, 61, 90, 48, 64",
        "800, 1333, 1999, 1201, 1328, 800",
        "37, 61, 101, 77, 48, 32",
        "48, 80, 5000, 3, 80, 16"
    })
    void yolosLimitsBothEdgesInStepsOf16(int shortest, int longest, int width, int height, int toWidth, int toHeight) {
        assertThat(new EdgeLimits(shortest, longest).target(width, height)).isEqualTo(new Size(toWidth, toHeight));
    }

    @Test
    void aSliverThatWouldGrowHugeIsRefused() {
        ImagePreprocessor preprocessor = preprocessor(new ShortestEdge(224), new Size(224, 224));
        RgbImage sliver = new RgbImage(20_000, 1, new byte[60_000]);
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> preprocessor.prepare(sliver))
                .withMessageContaining("20000x1")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_IMAGE));
    }

    /** 224 columns of its 200,000 rows are more than a whole picture may have. */
    @Test
    void aSliverWhoseColumnsWouldBeHugeIsRefused() {
        ImagePreprocessor preprocessor = preprocessor(new Size(224, 224), null);
        RgbImage sliver = new RgbImage(1, 200_000, new byte[600_000]);
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> preprocessor.prepare(sliver))
                .withMessageContaining("1x200000")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_IMAGE));
    }

    @Test
    void aPictureLargerThanItsPaddingIsRefused() {
        ImagePreprocessor preprocessor = new ImagePreprocessor(new PreprocessingSettings(
                new EdgeLimits(48, 80),
                ResampleFilter.BILINEAR,
                null,
                1.0,
                List.of(0.0, 0.0, 0.0),
                List.of(1.0, 1.0, 1.0),
                new Size(64, 64)));
        assertThat(preprocessor.prepare(new RgbImage(9, 9, new byte[243])).width())
                .isEqualTo(48);
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> preprocessor.prepare(new RgbImage(20, 10, new byte[600])))
                .withMessageContaining("80x32, over 64x64");
    }

    private static ImagePreprocessor preprocessor(@Nullable Resize resize, @Nullable Size crop) {
        return new ImagePreprocessor(new PreprocessingSettings(
                resize, ResampleFilter.BILINEAR, crop, 1.0, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0), null));
    }
}
