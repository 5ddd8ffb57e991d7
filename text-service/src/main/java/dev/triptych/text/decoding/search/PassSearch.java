package dev.triptych.text.decoding.search;

import java.util.List;

/** A search whose steps look at whole outputs. Owned by the engine loop, on its thread. */
public sealed interface PassSearch extends Search permits CtcSearch, RefinementSearch {

    /** The outputs that the next pass reads; none before the first. */
    List<List<Integer>> inputs();

    /** Passes that have changed the outputs, where each changes what is there already; else 0. */
    int iteration();

    /** The best output so far, as it would be answered now; empty before the first such pass. */
    List<Integer> refined();

    /** Whether the next pass is one of the autoregressive decoder. */
    boolean scored();
}
