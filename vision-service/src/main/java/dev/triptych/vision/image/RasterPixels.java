package dev.triptych.vision.image;

import java.awt.image.ColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads samples of a decoded raster as RGB, without Java's color management: it would bend gray values and apply
 * profiles, which Pillow does not.
 */
final class RasterPixels {

    private RasterPixels() {}

    static RgbImage toRgb(Raster raster, ColorModel colors, SixteenBitGray gray16) {
        byte[] same = interleavedRgb(raster);
        if (same != null) {
            return new RgbImage(raster.getWidth(), raster.getHeight(), same);
        }
        int[] depths = colors instanceof IndexColorModel ? new int[0] : colors.getComponentSize();
        int width = raster.getWidth();
        byte[] pixels = new byte[RgbImage.byteCount(width, raster.getHeight())];
        int bands = raster.getNumBands();
        int[] row = new int[width * bands];
        int out = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int in = 0; in < row.length; in += bands) {
                int rgb;
                if (colors instanceof IndexColorModel palette) {
                    rgb = palette.getRGB(row[in]);
                } else if (bands < RgbImage.CHANNELS) {
                    rgb = 0x010101 * eightBits(row[in], depths[0], gray16);
                } else {
                    rgb = eightBits(row[in], depths[0], SixteenBitGray.HIGH_BYTE) << 16
                            | eightBits(row[in + 1], depths[1], SixteenBitGray.HIGH_BYTE) << 8
                            | eightBits(row[in + 2], depths[2], SixteenBitGray.HIGH_BYTE);
                }
                pixels[out++] = (byte) (rgb >> 16);
                pixels[out++] = (byte) (rgb >> 8);
                pixels[out++] = (byte) rgb;
            }
        }
        return new RgbImage(width, raster.getHeight(), pixels);
    }

    /** The raster's own bytes where they are 8-bit R, G, B, R, … already, else {@code null}. */
    static byte @Nullable [] interleavedRgb(Raster raster) {
        if (raster.getSampleModel() instanceof PixelInterleavedSampleModel model
                && raster.getDataBuffer() instanceof DataBufferByte buffer
                && buffer.getNumBanks() == 1
                && buffer.getOffset() == 0
                && model.getPixelStride() == RgbImage.CHANNELS
                && model.getScanlineStride() == raster.getWidth() * RgbImage.CHANNELS
                && Arrays.equals(model.getBandOffsets(), new int[] {0, 1, 2})
                && buffer.getData().length == RgbImage.byteCount(raster.getWidth(), raster.getHeight())) {
            return buffer.getData();
        }
        return null;
    }

    private static int eightBits(int sample, int depth, SixteenBitGray gray16) {
        return switch (depth) {
            case 8 -> sample;
            case 16 -> gray16.toEightBits(sample);
            default -> sample * 255 / ((1 << depth) - 1);
        };
    }
}
