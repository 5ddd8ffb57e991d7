package dev.triptych.vision.image;

import java.util.Arrays;

/**
 * Resizes pictures to exactly the pixels that Pillow's {@code Image.resize} gives: a separable convolution with 8-bit
 * results between its two passes, the horizontal one first. Models were trained on those pixels, and one that is fed
 * others answers slightly differently.
 */
public final class Resampler {

    private static final int HALF = 1 << (ResampleWindows.PRECISION_BITS - 1);

    private Resampler() {}

    /** The picture at {@code width} × {@code height}; the same picture when it has that size. */
    public static RgbImage resize(RgbImage image, int width, int height, ResampleFilter filter) {
        if (image.width() == width && image.height() == height) {
            return image;
        }
        if (filter == ResampleFilter.NEAREST) {
            return nearest(image, width, height);
        }
        RgbImage narrowed = image.width() == width
                ? image
                : horizontal(image, ResampleWindows.of(image.width(), width, filter), width);
        return narrowed.height() == height
                ? narrowed
                : vertical(narrowed, ResampleWindows.of(image.height(), height, filter), height);
    }

    private static RgbImage horizontal(RgbImage image, ResampleWindows windows, int width) {
        byte[] source = image.pixels();
        byte[] target = new byte[RgbImage.byteCount(width, image.height())];
        int[] weights = windows.weights();
        int out = 0;
        for (int y = 0; y < image.height(); y++) {
            int row = y * image.width() * RgbImage.CHANNELS;
            for (int x = 0; x < width; x++) {
                int in = row + windows.first(x) * RgbImage.CHANNELS;
                int offset = windows.offset(x);
                int end = offset + windows.count(x);
                int red = HALF;
                int green = HALF;
                int blue = HALF;
                for (int k = offset; k < end; k++, in += RgbImage.CHANNELS) {
                    int weight = weights[k];
                    red += (source[in] & 0xFF) * weight;
                    green += (source[in + 1] & 0xFF) * weight;
                    blue += (source[in + 2] & 0xFF) * weight;
                }
                target[out++] = clip(red);
                target[out++] = clip(green);
                target[out++] = clip(blue);
            }
        }
        return new RgbImage(width, image.height(), target);
    }

    /** Row by row with a sum for each column, so that memory is read in order. */
    private static RgbImage vertical(RgbImage image, ResampleWindows windows, int height) {
        byte[] source = image.pixels();
        int rowBytes = image.width() * RgbImage.CHANNELS;
        byte[] target = new byte[RgbImage.byteCount(image.width(), height)];
        int[] sums = new int[rowBytes];
        for (int y = 0; y < height; y++) {
            Arrays.fill(sums, HALF);
            for (int k = 0; k < windows.count(y); k++) {
                int weight = windows.weights()[windows.offset(y) + k];
                int in = (windows.first(y) + k) * rowBytes;
                for (int i = 0; i < rowBytes; i++) {
                    sums[i] += (source[in + i] & 0xFF) * weight;
                }
            }
            int out = y * rowBytes;
            for (int i = 0; i < rowBytes; i++) {
                target[out + i] = clip(sums[i]);
            }
        }
        return new RgbImage(image.width(), height, target);
    }

    /** The pixel under each output pixel's center; positions accumulate by addition, as Pillow's do. */
    private static RgbImage nearest(RgbImage image, int width, int height) {
        int[] columns = nearestPositions(image.width(), width);
        int[] rows = nearestPositions(image.height(), height);
        byte[] target = new byte[RgbImage.byteCount(width, height)];
        int out = 0;
        for (int row : rows) {
            for (int column : columns) {
                int in = (row * image.width() + column) * RgbImage.CHANNELS;
                target[out++] = image.pixels()[in];
                target[out++] = image.pixels()[in + 1];
                target[out++] = image.pixels()[in + 2];
            }
        }
        return new RgbImage(width, height, target);
    }

    private static int[] nearestPositions(int inputSize, int outputSize) {
        double scale = (double) inputSize / outputSize;
        int[] positions = new int[outputSize];
        double position = scale * 0.5;
        for (int i = 0; i < outputSize; i++) {
            positions[i] = Math.min((int) position, inputSize - 1);
            position += scale;
        }
        return positions;
    }

    private static byte clip(int sum) {
        int value = sum >> ResampleWindows.PRECISION_BITS;
        return (byte) Math.clamp(value, 0, 255);
    }
}
