package dev.triptych.vision.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.vision.image.ImagePreprocessor.Region;
import dev.triptych.vision.image.RgbImage;
import dev.triptych.wire.AttentionResult;
import dev.triptych.wire.AttentionResult.Head;
import dev.triptych.wire.DetectionResult;
import dev.triptych.wire.DetectionResult.Box;
import dev.triptych.wire.DetectionResult.DetectedObject;
import dev.triptych.wire.SegmentationResult;
import dev.triptych.wire.SegmentationResult.Mask;
import dev.triptych.wire.SegmentationResult.Segment;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultPictureTest {

    private static final int GRAY = 0x808080;

    private static RgbImage gray(int width, int height) {
        byte[] pixels = new byte[width * height * 3];
        Arrays.fill(pixels, (byte) 0x80);
        return new RgbImage(width, height, pixels);
    }

    private static BufferedImage read(byte[] png) {
        try {
            return ImageIO.read(new ByteArrayInputStream(png));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int pixel(BufferedImage image, int x, int y) {
        return image.getRGB(x, y) & 0xFFFFFF;
    }

    private static DetectionResult detection(int width, int height, DetectedObject... objects) {
        return new DetectionResult("m", width, height, List.of(objects));
    }

    @Test
    void aFrameLiesOnItsBoxAndLeavesTheRestAlone() {
        BufferedImage image = read(ResultPicture.png(
                gray(400, 300), detection(400, 300, new DetectedObject("cat", 0.9, new Box(100, 100, 300, 250)))));
        assertThat(image.getWidth()).isEqualTo(400);
        assertThat(image.getHeight()).isEqualTo(300);
        int color = pixel(image, 200, 250);
        assertThat(color).isNotEqualTo(GRAY);
        assertThat(pixel(image, 100, 200)).isEqualTo(color);
        assertThat(pixel(image, 300, 200)).isEqualTo(color);
        assertThat(pixel(image, 200, 180)).isEqualTo(GRAY);
        assertThat(pixel(image, 50, 280)).isEqualTo(GRAY);
        assertThat(pixel(image, 101, 90)).as("the label above the box").isEqualTo(color);
    }

    /** Sizes from a sliver to a poster, boxes beyond every edge. */
    @ParameterizedTest
    @CsvSource({"1, 1, 160", "40, 30, 160", "5000, 3, 4096", "3, 700, 700", "200, 150, 200", "4200, 2800, 4096"})
    void everySizeGetsAPictureWhoseLongerEdgeIsBounded(int width, int height, int longer) {
        DetectionResult result = detection(
                width,
                height,
                new DetectedObject("a label far too long for small pictures", 0.99, new Box(-9, -9, 9, 9)),
                new DetectedObject("b", 0.5, new Box(width - 1, height - 1, width + 50, height + 50)));
        BufferedImage image = read(ResultPicture.png(gray(width, height), result));
        assertThat(Math.max(image.getWidth(), image.getHeight())).isEqualTo(longer);
        SegmentationResult segments = new SegmentationResult("m", width, height, List.of(full("sky", width, height)));
        assertThat(pixel(read(ResultPicture.png(gray(width, height), segments)), 0, 0))
                .isNotEqualTo(GRAY);
    }

    private static Segment full(String label, int width, int height) {
        // A run of no zeros, then one of all pixels, in 5-bit groups.
        StringBuilder counts = new StringBuilder("0");
        long value = (long) width * height;
        boolean more = true;
        while (more) {
            int group = (int) (value & 31);
            value >>= 5;
            more = value != 0 || (group & 16) != 0;
            counts.append((char) (48 + group + (more ? 32 : 0)));
        }
        return new Segment(label, 0.5, (long) width * height, new Mask(List.of(height, width), counts.toString()));
    }

    @Test
    void masksColorTheirPixelsAndTheLegendStandsInTheCorner() {
        // Columns 0 to 99 are sea: runs of 0, 30000 and 90000.
        Segment sea = new Segment("sea", 0.8, 30_000, new Mask(List.of(300, 400), "0`Ym0`lg2"));
        SegmentationResult result = new SegmentationResult("m", 400, 300, List.of(sea, full("background", 400, 300)));
        BufferedImage image = read(ResultPicture.png(gray(400, 300), result));
        assertThat(pixel(image, 50, 200)).isNotEqualTo(GRAY);
        assertThat(pixel(image, 99, 200)).as("the edge").isNotEqualTo(pixel(image, 50, 200));
        assertThat(pixel(image, 100, 200)).isEqualTo(GRAY);
        assertThat(pixel(image, 399, 299)).isEqualTo(GRAY);
        assertThat(pixel(image, 0, 0)).isNotEqualTo(pixel(image, 50, 200)).isNotEqualTo(GRAY);
    }

    @Test
    void heatIsBrightestWhereTheWeightIsMost() {
        AttentionResult result = new AttentionResult("m", 400, 400, List.of(2, 2), List.of(0f, 0f, 0f, 0.5f), null);
        BufferedImage image = read(ResultPicture.png(gray(400, 400), result, new Region(0, 0, 400, 400)));
        assertThat(brightness(pixel(image, 390, 390))).isGreaterThan(brightness(pixel(image, 200, 200)));
        assertThat(brightness(pixel(image, 200, 200))).isGreaterThan(brightness(pixel(image, 10, 10)));
        BufferedImage cropped = read(ResultPicture.png(gray(400, 400), result, new Region(100, 100, 200, 200)));
        assertThat(pixel(cropped, 50, 200)).isEqualTo(GRAY);
        assertThat(brightness(pixel(cropped, 290, 290))).isGreaterThan(brightness(pixel(cropped, 110, 110)));
    }

    @Test
    void headsStandBesideEachOther() {
        List<Float> weights = List.of(0.1f, 0.2f, 0.3f, 0.4f);
        AttentionResult result = new AttentionResult(
                "m",
                200,
                100,
                List.of(2, 2),
                null,
                List.of(new Head(0, 0, weights), new Head(0, 1, weights), new Head(0, 2, weights)));
        BufferedImage image = read(ResultPicture.png(gray(200, 100), result, new Region(0, 0, 200, 100)));
        assertThat(image.getWidth()).isEqualTo(404);
        assertThat(image.getHeight()).isEqualTo(204);
        assertThat(pixel(image, 202, 50)).isZero();
    }

    @Test
    void lettersStandOutFromEveryLabelsColor() {
        for (int i = 0; i < 60; i++) {
            Color color = Palette.ofLabel(i);
            double ground = luminance(color.getRGB() & 0xFFFFFF);
            double letters = luminance(Palette.textOn(color).getRGB() & 0xFFFFFF);
            double contrast = (Math.max(ground, letters) + 0.05) / (Math.min(ground, letters) + 0.05);
            assertThat(contrast).as("label %d", i).isGreaterThan(4.5);
        }
    }

    private static double brightness(int rgb) {
        return luminance(rgb);
    }

    private static double luminance(int rgb) {
        double[] parts = new double[3];
        for (int i = 0; i < 3; i++) {
            double share = (rgb >> (16 - 8 * i) & 0xFF) / 255.0;
            parts[i] = share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    }
}
