package dev.triptych.inference;

import dev.triptych.wire.inference.GraphMetadata;
import dev.triptych.wire.inference.InferAnswer;
import dev.triptych.wire.inference.InferRequest;

/** A graph that answers in one run, as clients of the bare graph see it. Safe from any thread. */
public interface SinglePassGraph {

    /** What it takes and gives. */
    GraphMetadata metadata();

    /**
     * Runs it; takes as long as the run.
     *
     * @throws dev.triptych.wire.TriptychException.Rejected naming the field that does not fit the graph
     * @throws dev.triptych.wire.TriptychException.Overloaded if the model has been unloaded meanwhile
     */
    InferAnswer infer(InferRequest request);
}
