package dev.triptych.text.step;

import java.util.List;

/** Turns texts into vectors. Called by one embedding loop on its thread. */
@FunctionalInterface
public interface EmbeddingExecutor {

    /**
     * Runs an encoder over one batch.
     *
     * @param rows token ids of each text; none empty
     * @return a vector of length 1 for each row, {@code [hiddenSize]}
     */
    List<float[]> execute(List<List<Integer>> rows);
}
