package dev.triptych.vision.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.testkit.Fixtures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ResamplerTest {

    record Golden(String source, int width, int height, int resample, String result) {}

    static Stream<Golden> goldens() {
        Path file = Fixtures.path("resize/golden-resize.json");
        List<Golden> goldens = new ArrayList<>();
        for (JsonNode node : JsonMapper.shared().readTree(file.toFile())) {
            goldens.add(new Golden(
                    node.get("source").stringValue(),
                    node.get("width").intValue(),
                    node.get("height").intValue(),
                    node.get("resample").intValue(),
                    node.get("result").stringValue()));
        }
        return goldens.stream();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void pixelsEqualPillows(Golden golden) {
        RgbImage source = Pictures.decode(Fixtures.path("resize/" + golden.source()));
        RgbImage expected = Pictures.decode(Fixtures.path("resize/" + golden.result()));
        RgbImage actual =
                Resampler.resize(source, golden.width(), golden.height(), ResampleFilter.ofPillow(golden.resample()));
        assertThat(actual.pixels()).isEqualTo(expected.pixels());
    }

    /** Pillow 12: {@code Image.fromarray(ramp).resize((w, h), Image.Resampling.HAMMING)}, first channel. */
    @Test
    void hammingEqualsPillows() {
        RgbImage source = ramp();
        assertThat(firstChannel(Resampler.resize(source, 4, 3, ResampleFilter.HAMMING)))
                .containsExactly(50, 180, 150, 111, 65, 195, 165, 126, 79, 104, 180, 141);
        assertThat(firstChannel(Resampler.resize(source, 9, 2, ResampleFilter.HAMMING)))
                .containsExactly(8, 100, 160, 222, 85, 190, 105, 70, 162, 28, 120, 148, 159, 105, 210, 125, 90, 182);
    }

    @Test
    void theSameSizeIsTheSamePicture() {
        RgbImage source = ramp();
        for (ResampleFilter filter : ResampleFilter.values()) {
            assertThat(Resampler.resize(source, 7, 5, filter)).isSameAs(source);
        }
    }

    @Test
    void aPlainPictureStaysPlain() {
        byte[] pixels = new byte[31 * 17 * 3];
        Arrays.fill(pixels, (byte) 201);
        for (ResampleFilter filter : ResampleFilter.values()) {
            assertThat(Resampler.resize(new RgbImage(31, 17, pixels), 8, 40, filter)
                            .pixels())
                    .containsOnly(201);
        }
    }

    private static RgbImage ramp() {
        byte[] pixels = new byte[7 * 5 * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 37 % 256);
        }
        return new RgbImage(7, 5, pixels);
    }

    private static int[] firstChannel(RgbImage image) {
        int[] values = new int[image.width() * image.height()];
        for (int i = 0; i < values.length; i++) {
            values[i] = image.pixels()[3 * i] & 0xFF;
        }
        return values;
    }
}
