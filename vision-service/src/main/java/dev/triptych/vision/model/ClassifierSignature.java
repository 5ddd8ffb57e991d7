package dev.triptych.vision.model;

import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.TensorSpec;
import dev.triptych.tensor.DType;
import dev.triptych.vision.batching.PixelBatchRunner;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import org.jspecify.annotations.Nullable;

/** What the graph of an image classifier must take and give. */
final class ClassifierSignature {

    private ClassifierSignature() {}

    /**
     * Compares a graph with {@code pixel_values} float32 {@code [batch, 3, height, width]} → {@code logits} float32
     * {@code [batch, labels]}.
     *
     * @param size what preprocessing produces
     * @param maxImages the largest batch that will be run
     * @throws ModelCheckException naming the first difference
     */
    static void check(ModelSignature signature, Size size, int maxImages) {
        if (signature.inputs().size() != 1) {
            throw failed("the graph must take pixel_values alone, it takes "
                    + signature.inputs().keySet());
        }
        TensorSpec pixels = spec(signature.inputs().get(PixelBatchRunner.PIXELS), "input", PixelBatchRunner.PIXELS, 4);
        TensorSpec logits =
                spec(signature.outputs().get(PixelBatchRunner.LOGITS), "output", PixelBatchRunner.LOGITS, 2);
        dim(pixels, 1, 3, "channels");
        dim(pixels, 2, size.height(), "height");
        dim(pixels, 3, size.width(), "width");
        long batch = pixels.dims().getFirst();
        if (batch != TensorSpec.DYNAMIC && maxImages > 1) {
            throw failed("the batch axis of pixel_values must be open, it is fixed at " + batch);
        }
        if (logits.dims().get(1) == 0) {
            throw failed("logits must have at least one class");
        }
    }

    private static TensorSpec spec(@Nullable TensorSpec spec, String kind, String name, int rank) {
        if (spec == null) {
            throw failed("the graph has no " + kind + " " + name);
        }
        if (spec.dtype() != DType.FLOAT32 || spec.rank() != rank) {
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
