package dev.triptych.text.step;

import java.util.List;

/** Chooses which tokens are verified by the very pass with which a row joins. Pure. */
@FunctionalInterface
public interface DraftOpening {

    /**
     * The first tokens of a draft; may be none.
     *
     * @param rows how many rows share the pass
     */
    List<Integer> tokens(DraftFrames frames, int rows);
}
