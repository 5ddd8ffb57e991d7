package dev.triptych.vision.batching;

import dev.triptych.engine.ModelSession;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.vision.image.PixelNormalization;
import dev.triptych.vision.image.PreprocessingSettings;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.vision.image.RgbImage;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Feeds pictures to a graph and cuts what it gives into rows. The input lies in a buffer that grows to the largest batch
 * so far:
 *
 * <pre>
 *   pixel_values  float32 [rows, 3, height, width]   normalized; zeros where a picture is padded
 *   pixel_mask    int64   [rows, height, width]      where the graph takes it: 1 for the picture, 0 for its padding
 * </pre>
 *
 * Not thread-safe: the engine thread owns it, after the thread that loaded the model has warmed it up.
 */
public final class PixelBatchRunner implements BatchRunner {

    /** Names in the Hugging Face ONNX layout. */
    public static final String PIXELS = "pixel_values";

    public static final String PIXEL_MASK = "pixel_mask";

    /** Before the layer's number; such outputs grow with the square of the patches, so they are taken one by one. */
    public static final String ATTENTIONS = "attentions.";

    private static final int CHANNELS = 3;

    /** Attention grows with the square of the patches, so large pictures gain nothing by company. */
    public static final long MAX_BATCH_PIXELS = 4L << 20;

    private final ModelSession session;
    private final PreprocessingSettings settings;
    private final PixelNormalization normalization;
    private final int maxImages;
    private final boolean masked;
    private Arena arena = Arena.ofShared();
    private Tensor pixels = Tensor.allocate(arena, DType.FLOAT32, Shape.of(1));

    /** @param maxImages most rows of one run, whatever their size */
    public PixelBatchRunner(ModelSession session, PreprocessingSettings settings, int maxImages) {
        this.session = session;
        this.settings = settings;
        this.normalization = new PixelNormalization(settings);
        this.maxImages = maxImages;
        this.masked = session.signature().inputs().containsKey(PIXEL_MASK);
    }

    /** How pictures are made the graph's input. */
    public PreprocessingSettings settings() {
        return settings;
    }

    @Override
    public int maxRows(int width, int height, Set<String> outputs) {
        if (outputs.stream().anyMatch(name -> name.startsWith(ATTENTIONS))) {
            return 1;
        }
        Optional<Size> own = settings.outputSize();
        if (own.isPresent() && own.get().width() >= width && own.get().height() >= height) {
            return maxImages;
        }
        return (int) Math.clamp(MAX_BATCH_PIXELS / Math.multiplyFull(width, height), 1, maxImages);
    }

    @Override
    public List<RowOutputs> run(List<RgbImage> images, Set<String> outputs) {
        RgbImage first = images.getFirst();
        Size size = settings.pad() == null ? new Size(first.width(), first.height()) : settings.pad();
        int rows = images.size();
        Tensor batch = buffer(rows, size).reshaped(rows, CHANNELS, size.height(), size.width());
        for (int row = 0; row < rows; row++) {
            normalization.write(images.get(row), batch, row);
        }
        NamedTensors inputs = NamedTensors.of(PIXELS, batch);
        if (!masked) {
            return rows(session.run(inputs, outputs), outputs, rows);
        }
        try (Arena run = Arena.ofConfined()) {
            inputs.put(PIXEL_MASK, mask(run, images, size));
            return rows(session.run(inputs, outputs), outputs, rows);
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // Closed when outgrown, or with the runner.
    private Tensor buffer(int rows, Size size) {
        long needed = Math.multiplyFull(rows * CHANNELS, size.height()) * size.width();
        if (pixels.capacity() < needed) {
            arena.close();
            arena = Arena.ofShared();
            pixels = Tensor.allocate(arena, DType.FLOAT32, Shape.of(needed));
        }
        return pixels;
    }

    private static Tensor mask(Arena arena, List<RgbImage> images, Size size) {
        Tensor mask = Tensor.allocate(arena, DType.INT64, Shape.of(images.size(), size.height(), size.width()));
        for (int row = 0; row < images.size(); row++) {
            RgbImage image = images.get(row);
            for (int y = 0; y < image.height(); y++) {
                long line = ((long) row * size.height() + y) * size.width();
                for (int x = 0; x < image.width(); x++) {
                    mask.setLong(line + x, 1);
                }
            }
        }
        return mask;
    }

    private static List<RowOutputs> rows(NamedTensors given, Set<String> wanted, int rows) {
        List<Map<String, RowOutputs.Array>> cut = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            cut.add(new HashMap<>());
        }
        for (String name : wanted) {
            Tensor tensor = given.get(name);
            long[] extents = tensor.shape().toArray();
            if (extents.length == 0 || extents[0] != rows) {
                throw new IllegalStateException(
                        "output " + name + " has the shape " + tensor.shape() + " for a batch of " + rows);
            }
            List<Integer> dims =
                    Arrays.stream(extents).skip(1).mapToObj(Math::toIntExact).toList();
            int count = Math.toIntExact(tensor.shape().elementCount() / rows);
            for (int row = 0; row < rows; row++) {
                float[] values = new float[count];
                tensor.copyFloats((long) row * count, values, 0, count);
                cut.get(row).put(name, new RowOutputs.Array(dims, values));
            }
        }
        return cut.stream().map(RowOutputs::new).toList();
    }

    @Override
    public void close() {
        session.close();
        arena.close();
    }
}
