package dev.triptych.text.runtime;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.text.generation.ParallelDecoders;
import dev.triptych.text.step.PassExecutor;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepResult;
import dev.triptych.text.step.StepRow;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A non-autoregressive decoder that answers a prompt with itself: each token says itself, then blank. */
final class EchoPasses implements PassExecutor {

    static final int BLANK = 0;
    static final ParallelDecoders DECODERS = new ParallelDecoders(Optional.of(new ParallelDecoders.Ctc(2, BLANK)));

    private final List<List<Long>> passes = new ArrayList<>();
    private boolean failing;
    private Runnable duringPass = () -> {};

    /** The sequences of each pass so far. */
    List<List<Long>> passes() {
        return passes;
    }

    void failNext() {
        failing = true;
    }

    void duringPass(Runnable action) {
        duringPass = action;
    }

    @Override
    public StepOutcome execute(StepPlan.Pass pass) {
        passes.add(pass.rows().stream().map(StepRow::sequence).toList());
        duringPass.run();
        if (failing) {
            failing = false;
            return new StepOutcome.Failed(new IllegalStateException("scripted"));
        }
        return switch (pass) {
            case StepPlan.Draft draft -> new StepOutcome.Completed(draft(draft.rows()));
        };
    }

    private static StepResult draft(List<StepRow.Draft> rows) {
        int frames =
                2 * rows.stream().mapToInt(row -> row.promptIds().size()).max().orElseThrow();
        Tensor ids = Tensor.allocate(Arena.ofAuto(), DType.INT64, Shape.of(rows.size(), frames));
        Tensor logProbs = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(rows.size(), frames));
        for (int row = 0; row < rows.size(); row++) {
            List<Integer> prompt = rows.get(row).promptIds();
            for (int i = 0; i < prompt.size(); i++) {
                ids.setLong((long) row * frames + 2L * i, prompt.get(i));
                logProbs.setFloat((long) row * frames + 2L * i, -0.25f);
            }
        }
        Tensor none = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(rows.size(), frames, 0));
        return new StepResult(
                none, Optional.of(new StepResult.BestTokens(ids, logProbs)), frames, frames * rows.size(), 0, 0);
    }
}
