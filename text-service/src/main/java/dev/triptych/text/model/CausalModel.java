package dev.triptych.text.model;

import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.ModelSession;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.tokenizer.Tokenizer;
import java.util.Optional;

/**
 * A loaded and checked decoder-only model.
 *
 * @param name the package's name
 * @param shape sizes
 * @param rules what the model's own settings say about generating
 * @param tokenizer text to ids and back
 * @param graph new tokens over a past that may be empty, to logits and the grown past
 * @param rowsIndependent whether sequences may share a run of the graph
 * @param chat how it reads conversations, where it says
 */
public record CausalModel(
        String name,
        CausalShape shape,
        GenerationRules rules,
        Tokenizer tokenizer,
        ModelSession graph,
        boolean rowsIndependent,
        Optional<ChatTemplate> chat)
        implements AutoCloseable {

    /** The same model, one sequence at a time. */
    CausalModel alone() {
        return new CausalModel(name, shape, rules, tokenizer, graph, false, chat);
    }

    public DevicePlacement placement() {
        return graph.placement();
    }

    /** Frees graph and tokenizer. The loop that runs them must have ended. */
    @Override
    public void close() {
        graph.close();
        tokenizer.close();
    }
}
