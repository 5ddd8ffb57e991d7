package dev.triptych.vision.model;

import dev.triptych.vision.batching.BatchRunner;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.vision.image.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The first runs of a model, which also prove it: scores are finite, and a picture's scores in the largest batch are
 * those it gets alone.
 */
final class WarmUp {

    /** Kernels for other batch sizes add in another order; more than rounding means that rows leak into each other. */
    private static final double TOLERANCE = 1e-3;

    /** Dynamic quantization takes its scale from the whole batch, so rows of int8 graphs do depend a little on it. */
    private static final double QUANTIZED_TOLERANCE = 5e-2;

    private WarmUp() {}

    /** @throws ModelCheckException if a score is not finite or depends on the batch beyond the tolerance */
    static void run(BatchRunner runner, Size size, int maxImages, boolean quantized) {
        Random random = new Random(1);
        List<RgbImage> batch = new ArrayList<>();
        for (int i = 0; i < maxImages; i++) {
            byte[] pixels = new byte[size.width() * size.height() * 3];
            random.nextBytes(pixels);
            batch.add(new RgbImage(size.width(), size.height(), pixels));
        }
        float[] alone = runner.run(batch.subList(0, 1)).getFirst();
        float[] together = runner.run(batch).getFirst();
        double scale = 1.0;
        double difference = 0.0;
        for (int i = 0; i < alone.length; i++) {
            if (!Float.isFinite(alone[i]) || !Float.isFinite(together[i])) {
                throw new ModelCheckException(
                        ModelCheck.WARM_UP,
                        "score " + i + " is " + alone[i] + " alone, " + together[i] + " in a batch");
            }
            scale = Math.max(scale, Math.abs(alone[i]));
            difference = Math.max(difference, Math.abs(alone[i] - together[i]));
        }
        double tolerance = (quantized ? QUANTIZED_TOLERANCE : TOLERANCE) * scale;
        if (difference > tolerance) {
            throw new ModelCheckException(
                    ModelCheck.WARM_UP,
                    "a picture's scores differ by " + difference + " between alone and in a batch of " + maxImages
                            + ", over " + tolerance);
        }
    }
}
