package dev.triptych.vision.batching;

import dev.triptych.vision.image.RgbImage;
import java.util.List;

/** Runs a model over a batch. Owned by one thread; closing it frees the graph and its buffers. */
public interface BatchRunner extends AutoCloseable {

    /**
     * The raw scores of each picture, in the order given.
     *
     * @param images at least one and at most {@link BatchSettings#maxImages} prepared pictures
     * @return as many rows, each float32 {@code [labels]}
     * @throws RuntimeException if the runtime fails; the runner stays usable
     */
    List<float[]> run(List<RgbImage> images);

    @Override
    void close();
}
