package dev.triptych.text.runtime;

import dev.triptych.text.generation.ParallelDecoders;
import dev.triptych.text.step.PassExecutor;
import dev.triptych.text.step.StepPlan;

/**
 * A model's non-autoregressive decoders. Owned by one engine loop.
 *
 * @param decoders which there are
 * @param executor runs their graphs
 */
public record PassRunner(ParallelDecoders decoders, PassExecutor executor) {

    /** Of a model that has none. */
    public static final PassRunner NONE = new PassRunner(ParallelDecoders.NONE, pass -> {
        throw new IllegalStateException("a pass was planned for a model that only decodes token by token");
    });

    StepTransaction reserve(StepPlan.Pass pass) {
        return StepTransaction.of(() -> executor.execute(pass));
    }
}
