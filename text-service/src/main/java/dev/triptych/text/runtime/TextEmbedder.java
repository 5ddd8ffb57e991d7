package dev.triptych.text.runtime;

import dev.triptych.inference.SinglePassGraph;
import dev.triptych.text.generation.EmbeddingOutcome;
import dev.triptych.text.generation.EmbeddingRequest;
import dev.triptych.text.generation.GenerationLimits;
import java.util.List;
import java.util.function.Consumer;

/** One loaded encoder as the doors see it. All methods are safe from any thread; none waits for the engine. */
public non-sealed interface TextEmbedder extends ServedModel {

    /** What a text may have; an encoder generates no tokens. */
    GenerationLimits limits();

    /** The bare graph, for clients that bring tensors of their own. */
    SinglePassGraph graph();

    /** Numbers in a vector. */
    int dimensions();

    /** The ids of a text, with the special tokens that the model expects; takes processor time. */
    List<Integer> encode(String text);

    /**
     * The same for a text of any length: cut into pieces of nearly equal length that the model can read, each with the special
     * tokens.
     */
    List<List<Integer>> encodeInPieces(String text);

    /**
     * Queues a request.
     *
     * @param sink hears the outcome, once, on the engine's thread
     */
    Submission submit(EmbeddingRequest request, Consumer<EmbeddingOutcome> sink);

    /** Ends a request before the next batch with {@code CANCELLED}; unknown and finished ids change nothing. */
    void cancel(String requestId);
}
