package dev.triptych.vision.model;

import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.TensorSpec;
import dev.triptych.tensor.DType;
import dev.triptych.vision.batching.MicroBatcher;
import dev.triptych.vision.batching.PixelBatchRunner;
import dev.triptych.vision.image.PreprocessingSettings.Size;

/**
 * Where a model's attentions come from: {@code attentions.N} float32 {@code [batch, heads, tokens, tokens]}, for every
 * layer N from 0 on. The first token is the class token, the last ones are the patches, row by row.
 *
 * @param batcher the queue and engine thread of the graph that gives them
 * @param shape what they are like
 */
public record AttentionGraph(MicroBatcher batcher, Shape shape) {

    /**
     * Extents of the attentions.
     *
     * @param layers how many outputs there are
     * @param rows of patches
     * @param columns of patches
     */
    public record Shape(int layers, int rows, int columns) {}

    /** The output's name of a layer. */
    public static String output(int layer) {
        return PixelBatchRunner.ATTENTIONS + layer;
    }

    /** Whether a graph gives attentions at all. */
    static boolean isIn(ModelSignature signature) {
        return signature.outputs().containsKey(output(0));
    }

    /**
     * Reads the extents off a graph.
     *
     * @param size of the pictures it is fed
     * @param patchSize edge of a patch
     * @throws ModelCheckException naming what does not fit
     */
    static Shape shape(ModelSignature signature, Size size, int patchSize) {
        int layers = 0;
        int rows = size.height() / patchSize;
        int columns = size.width() / patchSize;
        while (signature.outputs().get(output(layers)) instanceof TensorSpec spec) {
            if (spec.dtype() != DType.FLOAT32 || spec.rank() != 4) {
                throw failed(output(layers) + " must be FLOAT32 of rank 4, it is " + spec.dtype() + spec.dims());
            }
            long tokens = spec.dims().getLast();
            if (tokens != TensorSpec.DYNAMIC && tokens <= (long) rows * columns) {
                throw failed(output(layers) + " has " + tokens + " tokens, too few for a class token beside " + rows
                        + "x" + columns + " patches");
            }
            layers++;
        }
        return new Shape(layers, rows, columns);
    }

    private static ModelCheckException failed(String message) {
        return new ModelCheckException(ModelCheck.SIGNATURE, message);
    }
}
