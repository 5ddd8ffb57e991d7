package dev.triptych.text.model;

import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.ModelSession;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.tokenizer.Tokenizer;

/**
 * A loaded and checked encoder–decoder model in the plain layout.
 *
 * @param name the package's name
 * @param shape sizes
 * @param rules what the model's own settings say about generating
 * @param tokenizer text to ids and back
 * @param graphs the sessions, owned by this model
 * @param rowsIndependent whether sequences may share a run of a graph
 */
public record Seq2SeqModel(
        String name,
        Seq2SeqShape shape,
        GenerationRules rules,
        Tokenizer tokenizer,
        Graphs graphs,
        boolean rowsIndependent)
        implements AutoCloseable {

    /**
     * The three graphs of the plain layout.
     *
     * @param encoder ids to hidden states
     * @param firstStep decoder without a past: logits, and the keys and values of both attentions
     * @param nextStep decoder over a past: logits, and self-attention's grown keys and values
     */
    public record Graphs(ModelSession encoder, ModelSession firstStep, ModelSession nextStep) {}

    public DevicePlacement placement() {
        return graphs.nextStep().placement();
    }

    /** Frees graphs and tokenizer. The loop that runs them must have ended. */
    @Override
    public void close() {
        graphs.encoder().close();
        graphs.firstStep().close();
        graphs.nextStep().close();
        tokenizer.close();
    }
}
