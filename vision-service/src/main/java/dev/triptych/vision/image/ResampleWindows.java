package dev.triptych.vision.image;

/**
 * For one axis, which source pixels make each output pixel and with what weight.
 *
 * <pre>
 *   output i reads source first[i] … first[i] + count[i] - 1
 *   weights[i · width …] holds count[i] fixed-point weights, then zeros
 * </pre>
 *
 * Weights sum to one in fixed point with {@link #PRECISION_BITS} fraction bits; both the bounds and the rounding are
 * Pillow's, so that sums agree with it to the last bit.
 */
final class ResampleWindows {

    /** A sum of 8-bit pixels times weights, some negative, must fit 32 bits with two to spare: 32 - 8 - 2. */
    static final int PRECISION_BITS = 22;

    private static final double ONE = 1 << PRECISION_BITS;

    private final int width;
    private final int[] first;
    private final int[] count;
    private final int[] weights;

    private ResampleWindows(int width, int outputSize) {
        this.width = width;
        this.first = new int[outputSize];
        this.count = new int[outputSize];
        this.weights = new int[Math.multiplyExact(width, outputSize)];
    }

    /** The windows that map {@code inputSize} pixels to {@code outputSize}. Shrinking widens the window: antialiasing. */
    static ResampleWindows of(int inputSize, int outputSize, ResampleFilter filter) {
        double scale = (double) inputSize / outputSize;
        double filterScale = Math.max(scale, 1.0);
        double support = filter.support() * filterScale;
        ResampleWindows windows = new ResampleWindows((int) Math.ceil(support) * 2 + 1, outputSize);
        double[] window = new double[windows.width];
        for (int i = 0; i < outputSize; i++) {
            double center = (i + 0.5) * scale;
            int from = Math.max((int) (center - support + 0.5), 0);
            int to = Math.min((int) (center + support + 0.5), inputSize);
            windows.first[i] = from;
            windows.count[i] = to - from;
            double sum = 0.0;
            for (int j = 0; j < to - from; j++) {
                window[j] = filter.weight((j + from - center + 0.5) * (1.0 / filterScale));
                sum += window[j];
            }
            windows.store(i, window, sum);
        }
        return windows;
    }

    private void store(int output, double[] window, double sum) {
        for (int j = 0; j < count[output]; j++) {
            double weight = sum == 0.0 ? window[j] : window[j] / sum;
            weights[output * width + j] = (int) (weight < 0 ? weight * ONE - 0.5 : weight * ONE + 0.5);
        }
    }

    int first(int output) {
        return first[output];
    }

    int count(int output) {
        return count[output];
    }

    /** All weights; those of {@code output} start at {@link #offset}. */
    int[] weights() {
        return weights;
    }

    int offset(int output) {
        return output * width;
    }
}
