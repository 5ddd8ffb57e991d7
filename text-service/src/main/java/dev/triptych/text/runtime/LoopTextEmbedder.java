package dev.triptych.text.runtime;

import dev.triptych.inference.SinglePassGraph;
import dev.triptych.text.generation.EmbeddingOutcome;
import dev.triptych.text.generation.EmbeddingRequest;
import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.tokenizer.Tokenizer;
import java.util.List;
import java.util.function.Consumer;

/** A loaded encoder in front of its loop. */
public final class LoopTextEmbedder implements TextEmbedder {

    private final ModelDescription description;
    private final GenerationLimits limits;
    private final int dimensions;
    private final SinglePassGraph graph;
    private final Tokenizer tokenizer;
    private final EmbeddingLoop loop;

    public LoopTextEmbedder(
            ModelDescription description,
            GenerationLimits limits,
            int dimensions,
            SinglePassGraph graph,
            Tokenizer tokenizer,
            EmbeddingLoop loop) {
        this.description = description;
        this.limits = limits;
        this.dimensions = dimensions;
        this.graph = graph;
        this.tokenizer = tokenizer;
        this.loop = loop;
    }

    @Override
    public ModelDescription description() {
        return description.ailing(loop.ailment());
    }

    @Override
    public GenerationLimits limits() {
        return limits;
    }

    @Override
    public SinglePassGraph graph() {
        return graph;
    }

    @Override
    public int dimensions() {
        return dimensions;
    }

    @Override
    public List<Integer> encode(String text) {
        return tokenizer.encode(text);
    }

    @Override
    public List<List<Integer>> encodeInPieces(String text) {
        return TextPieces.of(tokenizer.encode(text), tokenizer.encodeBare(text), limits.maxPromptTokens());
    }

    @Override
    public Submission submit(EmbeddingRequest request, Consumer<EmbeddingOutcome> sink) {
        int tokens = request.tokenIds().size();
        if (tokens > limits.maxPromptTokens()) {
            throw new IllegalArgumentException(
                    "a text has at most " + limits.maxPromptTokens() + " tokens, got " + tokens);
        }
        for (int id : request.tokenIds()) {
            if (id < 0 || id >= limits.vocabSize()) {
                throw new IllegalArgumentException(
                        "a token id is from 0 to " + (limits.vocabSize() - 1) + ", got " + id);
            }
        }
        return loop.submit(request, sink);
    }

    @Override
    public void cancel(String requestId) {
        loop.cancel(requestId);
    }
}
