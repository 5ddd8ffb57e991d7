package dev.triptych.vision.batching;

import dev.triptych.vision.image.RgbImage;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A runner whose graph is opened by the first run, so that a graph that nobody asks for takes no memory. The engine
 * thread owns it.
 */
public final class LazyBatchRunner implements BatchRunner {

    private final Supplier<BatchRunner> opening;
    private final int maxRows;
    private @Nullable BatchRunner opened;

    /**
     * @param opening opens the graph; tried again by the next run where it throws
     * @param maxRows most pictures of one run
     */
    public LazyBatchRunner(Supplier<BatchRunner> opening, int maxRows) {
        this.opening = opening;
        this.maxRows = maxRows;
    }

    @Override
    public int maxRows(int width, int height, Set<String> outputs) {
        return maxRows;
    }

    @Override
    public List<RowOutputs> run(List<RgbImage> images, Set<String> outputs) {
        BatchRunner runner = opened;
        if (runner == null) {
            runner = opening.get();
            opened = runner;
        }
        return runner.run(images, outputs);
    }

    @Override
    public void close() {
        if (opened != null) {
            opened.close();
        }
    }
}
