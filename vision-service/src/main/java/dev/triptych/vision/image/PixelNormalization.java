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
     * Writes a picture into a batch.
     *
     * @param image pixels of the batch's height and width
     * @param batch float32 {@code [batch, 3, height, width]}
     * @param row which picture of the batch it becomes
     */
    public void write(RgbImage image, Tensor batch, int row) {
        int plane = image.width() * image.height();
        MemorySegment target = batch.memory();
        byte[] pixels = image.pixels();
        for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
            float[] values = table[channel];
            long base = ((long) row * RgbImage.CHANNELS + channel) * plane;
            for (int i = 0, in = channel; i < plane; i++, in += RgbImage.CHANNELS) {
                target.setAtIndex(ValueLayout.JAVA_FLOAT, base + i, values[pixels[in] & 0xFF]);
            }
        }
    }
}
