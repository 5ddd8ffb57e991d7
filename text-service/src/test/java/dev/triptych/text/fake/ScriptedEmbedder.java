package dev.triptych.text.fake;

import dev.triptych.inference.SinglePassGraph;
import dev.triptych.text.generation.EmbeddingOutcome;
import dev.triptych.text.generation.EmbeddingRequest;
import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.text.runtime.Submission;
import dev.triptych.text.runtime.TextEmbedder;
import dev.triptych.wire.inference.GraphMetadata;
import dev.triptych.wire.inference.InferAnswer;
import dev.triptych.wire.inference.InferRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A vector is the number of tokens, the first token and a half; a token is a character. */
public final class ScriptedEmbedder implements TextEmbedder {

    @Override
    public ModelDescription description() {
        return new ModelDescription(
                "encoder",
                "feature-extraction",
                Optional.empty(),
                Optional.empty(),
                ModelDescription.Status.READY,
                Optional.of("cpu"),
                Instant.parse("2026-01-01T00:00:00Z"),
                List.of());
    }

    @Override
    public GenerationLimits limits() {
        return new GenerationLimits(260, 12, 0);
    }

    /** Two numbers in, the same out. */
    @Override
    public SinglePassGraph graph() {
        GraphMetadata.Slot slot = new GraphMetadata.Slot("x", "INT64", List.of(-1L));
        return new SinglePassGraph() {
            @Override
            public GraphMetadata metadata() {
                return new GraphMetadata("encoder", "scripted", List.of(slot), List.of(slot));
            }

            @Override
            public InferAnswer infer(InferRequest request) {
                return new InferAnswer("encoder", request.id(), request.inputs());
            }
        };
    }

    @Override
    public int dimensions() {
        return 3;
    }

    @Override
    public List<Integer> encode(String text) {
        return text.chars().boxed().toList();
    }

    @Override
    public List<List<Integer>> encodeInPieces(String text) {
        return IntStream.iterate(0, start -> start < text.length(), start -> start + limits().maxPromptTokens())
                .mapToObj(start ->
                        encode(text.substring(start, Math.min(text.length(), start + limits().maxPromptTokens()))))
                .toList();
    }

    @Override
    public Submission submit(EmbeddingRequest request, Consumer<EmbeddingOutcome> sink) {
        List<Integer> ids = request.tokenIds();
        sink.accept(new EmbeddingOutcome.Embedded(new float[] {ids.size(), ids.getFirst(), 0.5f}));
        return new Submission.Accepted();
    }

    @Override
    public void cancel(String requestId) {
        // Every request is finished before anybody could.
    }
}
