package dev.triptych.vision.batching;

import dev.triptych.engine.ModelSession;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.vision.image.PixelNormalization;
import dev.triptych.vision.image.RgbImage;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs {@code pixel_values → logits} over buffers allocated once for the largest batch:
 *
 * <pre>
 *   pixels  float32 [maxImages, 3, height, width]   rows 0 … n-1 written, seen as [n, 3, height, width]
 *   logits  float32 [maxImages, labels]             pinned: the graph writes it in place
 * </pre>
 *
 * Not thread-safe: the engine thread owns it, after the thread that loaded the model has warmed it up.
 */
public final class PixelBatchRunner implements BatchRunner {

    /** Names in the Hugging Face ONNX layout. */
    public static final String PIXELS = "pixel_values";

    public static final String LOGITS = "logits";

    private static final int CHANNELS = 3;

    private final ModelSession session;
    private final PixelNormalization normalization;
    private final Arena arena = Arena.ofShared();
    private final Tensor pixels;
    private final Tensor logits;
    private final int height;
    private final int width;
    private final int labels;

    /** The extents that all batches share. */
    public record Extents(int maxImages, int height, int width, int labels) {}

    public PixelBatchRunner(ModelSession session, PixelNormalization normalization, Extents extents) {
        this.session = session;
        this.normalization = normalization;
        this.height = extents.height();
        this.width = extents.width();
        this.labels = extents.labels();
        this.pixels = Tensor.allocate(arena, DType.FLOAT32, Shape.of(extents.maxImages(), CHANNELS, height, width));
        this.logits = Tensor.allocate(arena, DType.FLOAT32, Shape.of(extents.maxImages(), labels));
    }

    @Override
    public List<float[]> run(List<RgbImage> images) {
        int rows = images.size();
        Tensor batch = pixels.reshaped(rows, CHANNELS, height, width);
        for (int row = 0; row < rows; row++) {
            normalization.write(images.get(row), batch, row);
        }
        Tensor scores = logits.reshaped(rows, labels);
        session.run(NamedTensors.of(PIXELS, batch), NamedTensors.of(LOGITS, scores));
        List<float[]> result = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            float[] copy = new float[labels];
            scores.copyFloats((long) row * labels, copy, 0, labels);
            result.add(copy);
        }
        return result;
    }

    @Override
    public void close() {
        session.close();
        arena.close();
    }
}
