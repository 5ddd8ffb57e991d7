package dev.triptych.text.runtime;

import dev.triptych.text.generation.ParallelDecoders;
import dev.triptych.text.kvcache.SourceStates;
import dev.triptych.text.step.PassExecutor;
import dev.triptych.text.step.StepPlan;

/**
 * A model's non-autoregressive decoders. Owned by one engine loop.
 *
 * @param decoders which there are
 * @param states closed with the loop
 * @param executor runs their graphs
 */
public record PassRunner(ParallelDecoders decoders, SourceStates states, PassExecutor executor) {

    /** Of a model that has none. */
    public static PassRunner none() {
        return new PassRunner(ParallelDecoders.NONE, new SourceStates(1, 1, 1), (pass, states) -> {
            throw new IllegalStateException("a pass was planned for a model that only decodes token by token");
        });
    }

    StepTransaction reserve(StepPlan.Pass pass) {
        return StepTransaction.of(() -> executor.execute(pass, states));
    }
}
