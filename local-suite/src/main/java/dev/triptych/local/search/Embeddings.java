package dev.triptych.local.search;

import java.io.IOException;
import java.util.List;

/** Turns texts into vectors of length 1. */
@FunctionalInterface
interface Embeddings {

    /**
     * The vectors of texts, in their order.
     *
     * @throws SearchException saying why there are none
     */
    List<float[]> embed(List<String> texts) throws SearchException, IOException, InterruptedException;
}
