package dev.triptych.vision.model;

import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.TensorSpec;
import dev.triptych.tensor.DType;
import dev.triptych.vision.batching.PixelBatchRunner;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the graph of a task must take and give. */
final class GraphSignature {

    private static final int BOX_EXTENTS = 4;

    private GraphSignature() {}

    /**
     * Compares a graph with {@code pixel_values} float32 {@code [batch, 3, height, width]}, where it takes one
     * {@code pixel_mask} int64 {@code [batch, height, width]}, and the outputs of the task.
     *
     * @param size what preprocessing produces; empty: many sizes
     * @param maxImages the largest batch that will be run
     * @throws ModelCheckException naming the first difference
     */
    static void check(ModelSignature signature, TaskKind kind, Optional<Size> size, int maxImages) {
        Set<String> others = new TreeSet<>(signature.inputs().keySet());
        others.remove(PixelBatchRunner.PIXELS);
        others.remove(PixelBatchRunner.PIXEL_MASK);
        if (!others.isEmpty()) {
            throw failed("the graph must take pixel_values alone, or pixel_mask beside it, it takes also " + others);
        }
        TensorSpec pixels = spec(signature.inputs().get(PixelBatchRunner.PIXELS), "input", PixelBatchRunner.PIXELS, 4);
        checkPixels(pixels, size, maxImages);
        if (signature.inputs().get(PixelBatchRunner.PIXEL_MASK) instanceof TensorSpec mask
                && (mask.dtype() != DType.INT64 || mask.rank() != 3)) {
            throw failed("pixel_mask must be INT64 of rank 3, it is " + mask.dtype() + mask.dims());
        }
        for (Map.Entry<String, Integer> output : kind.ranks().entrySet()) {
            spec(signature.outputs().get(output.getKey()), "output", output.getKey(), output.getValue());
        }
        if (signature.outputs().get(VisionTask.BOXES) instanceof TensorSpec boxes
                && kind == TaskKind.DETECTION
                && boxes.dims().getLast() != TensorSpec.DYNAMIC
                && boxes.dims().getLast() != BOX_EXTENTS) {
            throw failed("pred_boxes must have 4 columns, it is " + boxes.dims());
        }
    }

    private static void checkPixels(TensorSpec pixels, Optional<Size> size, int maxImages) {
        dim(pixels, 1, 3, "channels");
        if (size.isPresent()) {
            dim(pixels, 2, size.get().height(), "height");
            dim(pixels, 3, size.get().width(), "width");
        } else if (pixels.dims().get(2) != TensorSpec.DYNAMIC || pixels.dims().get(3) != TensorSpec.DYNAMIC) {
            throw failed("preprocessing gives pictures of many sizes, pixel_values is fixed at " + pixels.dims());
        }
        long batch = pixels.dims().getFirst();
        if (batch != TensorSpec.DYNAMIC && maxImages > 1) {
            throw failed("the batch axis of pixel_values must be open, it is fixed at " + batch);
        }
    }

    /**
     * The labels that the graph's logits have room for; exporters that leave the axis open leave it to the settings.
     *
     * @param named the labels that the settings name
     * @throws ModelCheckException if there is room for none
     */
    static int labelCount(ModelSignature signature, TaskKind kind, int named) {
        TensorSpec logits = spec(
                signature.outputs().get(VisionTask.LOGITS),
                "output",
                VisionTask.LOGITS,
                kind.ranks().get(VisionTask.LOGITS));
        long stated = logits.dims().get(kind.labelAxis());
        long labels = stated == TensorSpec.DYNAMIC ? named : stated - kind.spareColumns();
        if (labels < 1) {
            throw failed("logits must have at least one label, they are " + logits.dims());
        }
        return Math.toIntExact(labels);
    }

    private static TensorSpec spec(@Nullable TensorSpec spec, String kind, String name, @Nullable Integer rank) {
        if (spec == null) {
            throw failed("the graph has no " + kind + " " + name);
        }
        if (spec.dtype() != DType.FLOAT32 || rank == null || spec.rank() != rank) {
            throw failed(name + " must be FLOAT32 of rank " + rank + ", it is " + spec.dtype() + spec.dims());
        }
        return spec;
    }

    private static void dim(TensorSpec pixels, int axis, int expected, String what) {
        long actual = pixels.dims().get(axis);
        if (actual != TensorSpec.DYNAMIC && actual != expected) {
            throw failed("pixel_values has " + what + " " + actual + ", preprocessing gives " + expected);
        }
    }

    private static ModelCheckException failed(String message) {
        return new ModelCheckException(ModelCheck.SIGNATURE, message);
    }
}
