package dev.triptych.vision.model;

import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.TensorSpec;
import dev.triptych.tensor.DType;
import dev.triptych.vision.batching.MicroBatcher;
import dev.triptych.vision.batching.PixelBatchRunner;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;

/**
 * Where a model's attentions come from: {@code attentions.N} float32 {@code [batch, heads, tokens, tokens]}, for every
 * layer N from 0 on. A class token may come first, the patches follow row by row; a detector's queries come last or are
 * the patches themselves.
 *
 * @param batcher the queue and engine thread of the graph that gives them
 * @param shape what they are like
 */
public record AttentionGraph(MicroBatcher batcher, Shape shape) {

    /** Most numbers that a picture's attentions may be: they fill 128 MiB, twice while they leave the graph. */
    static final long MAX_WEIGHTS = 32L << 20;

    /**
     * What the attentions of a graph are like, whatever the picture's size.
     *
     * @param layers how many outputs there are
     * @param heads of each
     * @param patchSize edge of a patch, in pixels
     * @param resizable whether the graph takes pictures of other sizes than its own
     */
    public record Shape(int layers, int heads, int patchSize, boolean resizable) {

        /** The patches of a prepared picture: how many beside and below each other. */
        public Size grid(int width, int height) {
            return new Size(width / patchSize, height / patchSize);
        }

        /**
         * Holds what a picture's attentions will be against what memory is meant for them.
         *
         * @param wanted how many layers are asked for
         * @throws TriptychException.Rejected if they are more than {@link #MAX_WEIGHTS}
         */
        public void checkWeights(int wanted, Size grid) {
            long tokens = Math.multiplyFull(grid.width(), grid.height()) + 1;
            long weights = tokens * tokens * heads * wanted;
            if (weights > MAX_WEIGHTS) {
                throw new TriptychException.Rejected(
                        ErrorCode.INVALID_FIELD,
                        "size",
                        "attention over " + grid.height() + "x" + grid.width() + " patches in " + wanted
                                + " layers of " + heads + " heads is " + weights + " numbers, at most " + MAX_WEIGHTS
                                + " are given; ask for one layer or a smaller size");
            }
        }
    }

    /** The output's name of a layer. */
    public static String output(int layer) {
        return PixelBatchRunner.ATTENTIONS + layer;
    }

    /** Whether an output of that name gives a layer's attention. */
    public static boolean isOutput(String name) {
        return name.startsWith(PixelBatchRunner.ATTENTIONS);
    }

    /** Whether a graph gives attentions at all. */
    static boolean isIn(ModelSignature signature) {
        return signature.outputs().containsKey(output(0));
    }

    /**
     * How many layers' attentions a graph gives.
     *
     * @throws ModelCheckException naming the first that is no float32 tensor of rank 4
     */
    static int layers(ModelSignature signature) {
        int layers = 0;
        while (signature.outputs().get(output(layers)) instanceof TensorSpec spec) {
            if (spec.dtype() != DType.FLOAT32 || spec.rank() != 4) {
                throw new ModelCheckException(
                        ModelCheck.SIGNATURE,
                        output(layers) + " must be FLOAT32 of rank 4, it is " + spec.dtype() + spec.dims());
            }
            layers++;
        }
        return layers;
    }
}
