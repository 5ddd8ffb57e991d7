package dev.triptych.vision.model;

import dev.triptych.inference.SinglePassGraph;
import dev.triptych.vision.batching.MicroBatcher;
import dev.triptych.vision.image.ImagePreprocessor;
import java.util.Optional;

/**
 * A model ready to answer.
 *
 * @param id the model's id
 * @param device where its graph runs, {@code cpu} or {@code cuda:N}
 * @param task what it does
 * @param preprocessor makes the graph's pixels of any picture
 * @param batcher its queue and engine thread
 * @param graph the bare graph, for clients that bring tensors of their own
 * @param sizes which sizes a request may name; empty: none
 * @param attention where its attentions come from; empty for a model without any
 */
public record LoadedModel(
        String id,
        String device,
        VisionTask task,
        ImagePreprocessor preprocessor,
        MicroBatcher batcher,
        SinglePassGraph graph,
        Optional<SizeRule> sizes,
        Optional<AttentionGraph> attention) {

    /** Ends the engine threads. */
    void close() {
        batcher.close();
        attention.ifPresent(graph -> graph.batcher().close());
    }

    boolean isAlive() {
        return batcher.isAlive()
                && attention.map(graph -> graph.batcher().isAlive()).orElse(true);
    }
}
