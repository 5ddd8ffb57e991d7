package dev.triptych.text.runtime;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.text.generation.ParallelDecoders;
import dev.triptych.text.kvcache.SourceStates;
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
    static final int MASK = 39;
    private static final int LENGTHS = 50;
    static final ParallelDecoders DECODERS = new ParallelDecoders(
            Optional.of(new ParallelDecoders.Ctc(2, BLANK)),
            Optional.of(new ParallelDecoders.MaskPredict(MASK, 3, 2)),
            false);

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
    public StepOutcome execute(StepPlan.Pass pass, SourceStates states) {
        passes.add(pass.rows().stream().map(StepRow::sequence).toList());
        duringPass.run();
        if (failing) {
            failing = false;
            return new StepOutcome.Failed(new IllegalStateException("scripted"));
        }
        return switch (pass) {
            case StepPlan.Draft draft -> new StepOutcome.Completed(draft(draft.rows()));
            case StepPlan.Measure measure -> new StepOutcome.Completed(measure(measure.rows(), states));
            case StepPlan.Refine refine -> new StepOutcome.Completed(refine(refine.rows(), states));
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

    /** The prompt's own length is the likeliest, then one more; the prompt is kept as its states. */
    private static StepResult measure(List<StepRow.Measure> rows, SourceStates states) {
        Tensor lengths = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(rows.size(), LENGTHS));
        for (int row = 0; row < rows.size(); row++) {
            List<Integer> prompt = rows.get(row).promptIds();
            Tensor kept = states.keep(rows.get(row).sequence(), prompt.size());
            for (int i = 0; i < prompt.size(); i++) {
                kept.setFloat(i, prompt.get(i));
            }
            lengths.setFloat((long) row * LENGTHS + prompt.size(), 2);
            lengths.setFloat((long) row * LENGTHS + prompt.size() + 1, 1);
        }
        return new StepResult(lengths, Optional.empty(), rows.size(), rows.size(), 0, 0);
    }

    /** A place says the prompt's token, the surer the further left it is; beyond the prompt it is not sure at all. */
    private static StepResult refine(List<StepRow.Refine> rows, SourceStates states) {
        int width = rows.stream().mapToInt(row -> row.ids().size()).max().orElseThrow();
        Tensor ids = Tensor.allocate(Arena.ofAuto(), DType.INT64, Shape.of(rows.size(), width));
        Tensor logProbs = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(rows.size(), width));
        for (int row = 0; row < rows.size(); row++) {
            Tensor prompt = states.of(rows.get(row).sequence());
            for (int i = 0; i < rows.get(row).ids().size(); i++) {
                boolean within = i < prompt.shape().dim(0);
                ids.setLong((long) row * width + i, within ? (long) prompt.getFloat(i) : 2);
                logProbs.setFloat((long) row * width + i, within ? -0.01f * (i + 1) : -5);
            }
        }
        Tensor none = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(rows.size(), width, 0));
        return new StepResult(none, Optional.of(new StepResult.BestTokens(ids, logProbs)), 0, 0, 0, 0);
    }
}
