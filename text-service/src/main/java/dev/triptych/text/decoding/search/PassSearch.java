package dev.triptych.text.decoding.search;

import java.util.List;

/** A search whose steps look at whole outputs. Owned by the engine loop, on its thread. */
public sealed interface PassSearch extends Search permits CtcSearch, RefinementSearch {

    /** The outputs that the next pass reads; none before the first. */
    List<List<Integer>> inputs();

    /** Whether the next pass is one of the autoregressive decoder. */
    boolean scored();
}
