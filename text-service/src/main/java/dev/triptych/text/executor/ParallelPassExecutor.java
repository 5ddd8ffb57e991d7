package dev.triptych.text.executor;

import dev.triptych.text.step.PassExecutor;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepResult;
import dev.triptych.text.step.StepResult.BestTokens;
import dev.triptych.text.step.StepRow;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Runs passes on the graphs of non-autoregressive decoders, which read the states of the model's own encoder. Owned by
 * one engine loop, on its thread.
 */
public final class ParallelPassExecutor implements PassExecutor {

    private final StateEncoder encoder;
    private final Optional<CtcDrafter> drafter;
    private final LongSupplier nanoTime;

    public ParallelPassExecutor(ParallelGraphs graphs, LongSupplier nanoTime) {
        this.encoder = new StateEncoder(graphs.encoder(), graphs.hiddenSize(), graphs.padTokenId());
        this.drafter = graphs.ctc().map(ctc -> new CtcDrafter(ctc.decoder(), ctc.upsampling(), graphs.vocabSize()));
        this.nanoTime = nanoTime;
    }

    @Override
    public StepOutcome execute(StepPlan.Pass pass) {
        try {
            return new StepOutcome.Completed(
                    switch (pass) {
                        case StepPlan.Draft draft -> draft(draft.rows());
                    });
        } catch (RuntimeException e) {
            return new StepOutcome.Failed(e);
        }
    }

    private StepResult draft(List<StepRow.Draft> rows) {
        long began = nanoTime.getAsLong();
        StateEncoder.States states =
                encoder.encode(rows.stream().map(StepRow.Draft::promptIds).toList());
        long encoded = nanoTime.getAsLong();
        CtcDrafter.Frames frames = drafter.orElseThrow()
                .draft(states.hidden(), states.mask(), rows.stream().anyMatch(StepRow.Draft::logits));
        return new StepResult(
                frames.logits(),
                Optional.of(new BestTokens(frames.ids(), frames.logProbs())),
                rows.stream().mapToInt(row -> row.promptIds().size()).sum(),
                Math.toIntExact(states.mask().shape().elementCount()),
                encoded - began,
                nanoTime.getAsLong() - encoded);
    }
}
