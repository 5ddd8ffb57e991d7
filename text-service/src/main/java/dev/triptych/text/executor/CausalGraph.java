package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.ModelSession;

/**
 * A decoder-only model in Optimum's layout, and what the executor must know of it.
 *
 * @param session {@code model}: any number of new tokens over a past that may be empty
 * @param layers decoder layers
 * @param keyValueHeads heads of keys and values
 * @param headSize width of a head
 * @param vocabSize width of the logits
 * @param padTokenId stands before a shorter row
 */
public record CausalGraph(
        ModelSession session, int layers, int keyValueHeads, int headSize, int vocabSize, int padTokenId) {

    /** Whether the graph is told the position of each token; else it counts them itself. */
    boolean takesPositions() {
        return session.signature().inputs().containsKey(GraphNames.POSITION_IDS);
    }
}
