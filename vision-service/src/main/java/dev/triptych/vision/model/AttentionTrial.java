package dev.triptych.vision.model;

import dev.triptych.engine.EngineException;
import dev.triptych.engine.ModelSignature;
import dev.triptych.vision.batching.BatchRunner;
import dev.triptych.vision.batching.RowOutputs.Array;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.vision.image.RgbImage;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out what a graph's attentions are like by running its first layer once: exporters leave axes open that are not,
 * and the other way round.
 *
 * @param patchSize edge of a patch, in pixels
 * @param own the size that the model's own preprocessing gives; empty: many sizes
 * @param other one more size that the model's graph without attentions takes; empty: there is none
 */
record AttentionTrial(int patchSize, Optional<Size> own, Optional<Size> other) {

    /**
     * What they are like; empty where a token does not look at every token, as in SegFormer, whose keys stand for several
     * patches each: no weight of a patch can be read off such a matrix.
     *
     * @throws ModelCheckException if the graph does not run, or its tokens are fewer than the patches
     */
    Optional<AttentionGraph.Shape> shape(BatchRunner runner, ModelSignature signature) {
        int layers = AttentionGraph.layers(signature);
        if (layers == 0) {
            return Optional.empty();
        }
        if (other.isPresent()) {
            try {
                return shape(run(runner, other.get()), other.get(), layers, true);
            } catch (EngineException | ModelCheckException e) {
                if (own.isEmpty()) {
                    throw failed("the attentions of a picture of " + other.get() + " fail: " + e.getMessage());
                }
            }
        }
        if (own.isEmpty()) {
            return Optional.empty();
        }
        try {
            return shape(run(runner, own.get()), own.get(), layers, false);
        } catch (EngineException e) {
            throw failed("the attentions of a picture of " + own.get() + " fail: " + e.getMessage());
        }
    }

    private static Array run(BatchRunner runner, Size size) {
        RgbImage picture = new RgbImage(size.width(), size.height(), new byte[size.width() * size.height() * 3]);
        String first = AttentionGraph.output(0);
        return runner.run(List.of(picture), Set.of(first)).getFirst().get(first);
    }

    private Optional<AttentionGraph.Shape> shape(Array attention, Size size, int layers, boolean resizable) {
        AttentionGraph.Shape shape = new AttentionGraph.Shape(layers, attention.dim(0), patchSize, resizable);
        int tokens = attention.dim(1);
        if (tokens != attention.dim(2)) {
            return Optional.empty();
        }
        int rows = size.height() / patchSize;
        int columns = size.width() / patchSize;
        if (tokens <= rows * columns) {
            throw failed(AttentionGraph.output(0) + " has " + tokens + " tokens, too few for a class token beside "
                    + rows + "x" + columns + " patches");
        }
        return Optional.of(shape);
    }

    private static ModelCheckException failed(String message) {
        return new ModelCheckException(ModelCheck.SIGNATURE, message);
    }
}
