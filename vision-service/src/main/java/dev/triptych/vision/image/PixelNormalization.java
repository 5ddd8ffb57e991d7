package dev.triptych.vision.image;

import dev.triptych.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Turns 8-bit pixels into a row of the model's input, float32 {@code [batch, 3, height, width]}: value · rescaleFactor
 * in double precision rounded to float, minus mean, divided by std, as NumPy computes it. Since a pixel has 256 values,
 * all results are tabulated once. Immutable.
 */
public final class PixelNormalization {

    private final float[][] table = new float[RgbImage.CHANNELS][256];

    public PixelNormalization(PreprocessingSettings settings) {
        for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
            float mean = settings.mean().get(channel).floatValue();
            float std = settings.std().get(channel).floatValue();
            for (int value = 0; value < 256; value++) {
                float rescaled = (float) (value * settings.rescaleFactor());
                table[channel][value] = (rescaled - mean) / std;
            }
        }
    }

    /**
     * Writes a picture into a batch; right of it and below are zeros where the batch is larger.
     *
     * @param image pixels of at most the batch's height and width
     * @param batch float32 {@code [batch, 3, height, width]}
     * @param row which picture of the batch it becomes
     */
    public void write(RgbImage image, Tensor batch, int row) {
        int height = Math.toIntExact(batch.shape().dim(2));
        int width = Math.toIntExact(batch.shape().dim(3));
        long plane = (long) height * width;
        if (image.width() < width || image.height() < height) {
            batch.zero(row * RgbImage.CHANNELS * plane, RgbImage.CHANNELS * plane);
        }
        MemorySegment target = batch.memory();
        byte[] pixels = image.pixels();
        for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
            float[] values = table[channel];
            int in = channel;
            for (int y = 0; y < image.height(); y++) {
                long out = (row * RgbImage.CHANNELS + channel) * plane + (long) y * width;
                for (int x = 0; x < image.width(); x++, in += RgbImage.CHANNELS) {
                    target.setAtIndex(ValueLayout.JAVA_FLOAT, out + x, values[pixels[in] & 0xFF]);
                }
            }
        }
    }
}
