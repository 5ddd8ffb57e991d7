package dev.triptych.vision.batching;

import dev.triptych.vision.image.RgbImage;
import java.util.List;
import java.util.Set;

/** Runs a model over a batch. Owned by one thread; closing it frees the graph and its buffers. */
public interface BatchRunner extends AutoCloseable {

    /** Most pictures of that size and with those outputs that one run should take, at least 1. */
    int maxRows(int width, int height, Set<String> outputs);

    /**
     * What the graph gives for each picture, in the order given.
     *
     * @param images at least one and at most {@link #maxRows} prepared pictures of one size
     * @param outputs names of the outputs wanted; others are not computed
     * @throws RuntimeException if the runtime fails; the runner stays usable
     */
    List<RowOutputs> run(List<RgbImage> images, Set<String> outputs);

    @Override
    void close();
}
