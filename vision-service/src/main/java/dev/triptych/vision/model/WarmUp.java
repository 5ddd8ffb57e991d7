package dev.triptych.vision.model;

import dev.triptych.engine.EngineException;
import dev.triptych.vision.batching.BatchRunner;
import dev.triptych.vision.batching.RowOutputs;
import dev.triptych.vision.batching.RowOutputs.Array;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.vision.image.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * The first runs of a model, which also prove it: shapes are those of its task, values are finite, and what a picture
 * gets in the largest batch is what it gets alone.
 */
final class WarmUp {

    /** Kernels for other batch sizes add in another order; more than rounding means that rows leak into each other. */
    private static final double TOLERANCE = 1e-3;

    /** Dynamic quantization takes its scale from the whole batch, so rows of int8 graphs do depend a little on it. */
    private static final double QUANTIZED_TOLERANCE = 5e-2;

    private static final int BOX_EXTENTS = 4;

    private final BatchRunner runner;
    private final VisionTask task;
    private final double tolerance;

    /** @param quantized whether the graph computes with integers */
    WarmUp(BatchRunner runner, VisionTask task, boolean quantized) {
        this.runner = runner;
        this.task = task;
        this.tolerance = quantized ? QUANTIZED_TOLERANCE : TOLERANCE;
    }

    /** @throws ModelCheckException if a shape is another, or a value is not finite or depends on the batch */
    void run(List<Size> sizes) {
        Random random = new Random(1);
        for (Size size : sizes) {
            Set<String> outputs = task.kind().outputs();
            int rows = runner.maxRows(size.width(), size.height(), outputs);
            List<RgbImage> batch = new ArrayList<>();
            for (int i = 0; i < rows; i++) {
                byte[] pixels = new byte[size.width() * size.height() * 3];
                random.nextBytes(pixels);
                batch.add(new RgbImage(size.width(), size.height(), pixels));
            }
            RowOutputs alone = runner.run(batch.subList(0, 1), outputs).getFirst();
            RowOutputs together = runner.run(batch, outputs).getFirst();
            checkShapes(alone);
            for (String output : outputs) {
                compare(output, alone.get(output).values(), together.get(output).values(), rows);
            }
        }
    }

    /** Whether the graph also takes a picture of that size and gives what its task must. */
    boolean takes(Size size) {
        RgbImage picture = new RgbImage(size.width(), size.height(), new byte[size.width() * size.height() * 3]);
        try {
            checkShapes(runner.run(List.of(picture), task.kind().outputs()).getFirst());
            return true;
        } catch (EngineException | ModelCheckException e) {
            return false;
        }
    }

    private void checkShapes(RowOutputs outputs) {
        Array logits = outputs.get(VisionTask.LOGITS);
        int columns = task.labels().size() + task.kind().spareColumns();
        if (logits.dim(task.kind().labelAxis() - 1) != columns) {
            throw failed("logits of a picture are " + logits.dims() + ", for " + columns + " columns");
        }
        if (task instanceof VisionTask.Detection) {
            Array boxes = outputs.get(VisionTask.BOXES);
            if (!boxes.dims().equals(List.of(logits.dim(0), BOX_EXTENTS))) {
                throw failed("pred_boxes of a picture are " + boxes.dims() + " beside logits " + logits.dims());
            }
        }
    }

    private void compare(String output, float[] alone, float[] together, int rows) {
        double scale = 1.0;
        double difference = 0.0;
        for (int i = 0; i < alone.length; i++) {
            if (!Float.isFinite(alone[i]) || !Float.isFinite(together[i])) {
                throw failed(output + ": value " + i + " is " + alone[i] + " alone, " + together[i] + " in a batch");
            }
            scale = Math.max(scale, Math.abs(alone[i]));
            difference = Math.max(difference, Math.abs(alone[i] - together[i]));
        }
        if (difference > tolerance * scale) {
            throw failed("a picture's " + output + " differ by " + difference + " between alone and in a batch of "
                    + rows + ", over " + tolerance * scale);
        }
    }

    private static ModelCheckException failed(String message) {
        return new ModelCheckException(ModelCheck.WARM_UP, message);
    }
}
