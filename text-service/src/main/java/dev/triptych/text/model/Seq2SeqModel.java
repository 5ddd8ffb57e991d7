package dev.triptych.text.model;

import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.ModelSession;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.tokenizer.Tokenizer;

/**
 * A loaded and checked encoder–decoder model.
 *
 * @param name the package's name
 * @param shape sizes
 * @param rules what the model's own settings say about generating
 * @param tokenizer text to ids and back
 * @param graphs the sessions, owned by this model
 * @param nat non-autoregressive decoders over the same encoder, owned by this model
 * @param rowsIndependent whether sequences may share a run of a graph
 */
public record Seq2SeqModel(
        String name,
        Seq2SeqShape shape,
        GenerationRules rules,
        Tokenizer tokenizer,
        Graphs graphs,
        NatGraphs nat,
        boolean rowsIndependent)
        implements AutoCloseable {

    /** How the model's decoder runs. */
    public sealed interface Graphs extends AutoCloseable {

        /** Ids to hidden states. */
        ModelSession encoder();

        DevicePlacement placement();

        @Override
        void close();
    }

    /**
     * The plain layout: rows that started together step together.
     *
     * @param encoder ids to hidden states
     * @param firstStep decoder without a past: logits, and the keys and values of both attentions
     * @param nextStep decoder over a past: logits, and self-attention's grown keys and values
     */
    public record Plain(ModelSession encoder, ModelSession firstStep, ModelSession nextStep) implements Graphs {

        @Override
        public DevicePlacement placement() {
            return nextStep.placement();
        }

        @Override
        public void close() {
            encoder.close();
            firstStep.close();
            nextStep.close();
        }
    }

    /**
     * Fused graphs: each row has its own length, and caches are input and output at once.
     *
     * @param encoder ids to hidden states and to the keys and values of cross-attention
     * @param step one token for each row: logits, and the likeliest token
     */
    public record Fused(ModelSession encoder, ModelSession step) implements Graphs {

        @Override
        public DevicePlacement placement() {
            return step.placement();
        }

        @Override
        public void close() {
            encoder.close();
            step.close();
        }
    }

    public DevicePlacement placement() {
        return graphs.placement();
    }

    /** Frees graphs and tokenizer. The loop that runs them must have ended. */
    @Override
    public void close() {
        graphs.close();
        nat.close();
        tokenizer.close();
    }
}
