package dev.triptych.inference;

import dev.triptych.wire.inference.GraphMetadata;
import dev.triptych.wire.inference.InferAnswer;
import dev.triptych.wire.inference.InferAnswerWriter;
import dev.triptych.wire.inference.InferBody;
import dev.triptych.wire.inference.InferRequest;
import dev.triptych.wire.inference.InferRequestReader;
import org.jspecify.annotations.Nullable;

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

    /**
     * Reads a request's body, runs it, and writes the answer in the form that the request asks for.
     *
     * @param jsonLength the header {@link InferBody#LENGTH_HEADER}, where there is one
     */
    default InferBody answer(byte[] body, @Nullable String jsonLength) {
        InferRequest request = InferRequestReader.read(body, jsonLength);
        return InferAnswerWriter.write(infer(request), request::isBinary);
    }
}
