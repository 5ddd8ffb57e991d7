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
            false,
            true);

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
            case StepPlan.Draft draft -> new StepOutcome.Completed(kept(draft.rows(), states, draft(draft.rows())));
            case StepPlan.Measure measure -> new StepOutcome.Completed(measure(measure.rows(), states));
            case StepPlan.Refine refine -> new StepOutcome.Completed(refine(refine.rows(), states));
            case StepPlan.Score score -> new StepOutcome.Completed(score(score.rows(), states));
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
        boolean withLogits = rows.stream().anyMatch(StepRow.Draft::logits);
        return new StepResult(
                withLogits
                        ? logits(rows, frames)
                        : Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(rows.size(), frames, 0)),
                Optional.of(new StepResult.BestTokens(ids, logProbs)),
                frames,
                frames * rows.size(),
                0,
                0);
    }

    /** The prompts of rows that go on are kept. */
    private static StepResult kept(List<StepRow.Draft> rows, SourceStates states, StepResult result) {
        for (StepRow.Draft row : rows) {
            if (row.kept()) {
                Tensor own = states.keep(row.sequence(), row.promptIds().size());
                for (int i = 0; i < row.promptIds().size(); i++) {
                    own.setFloat(i, row.promptIds().get(i));
                }
            }
        }
        return result;
    }

    /** Each token's next higher one is half as likely. */
    private static Tensor logits(List<StepRow.Draft> rows, int frames) {
        int vocabulary = EchoExecutor.VOCABULARY;
        Tensor logits = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(rows.size(), frames, vocabulary));
        for (int row = 0; row < rows.size(); row++) {
            List<Integer> prompt = rows.get(row).promptIds();
            for (int frame = 0; frame < frames; frame++) {
                long start = ((long) row * frames + frame) * vocabulary;
                for (int token = 0; token < vocabulary; token++) {
                    logits.setFloat(start + token, -50);
                }
                boolean says = frame % 2 == 0 && frame / 2 < prompt.size();
                int said = says ? prompt.get(frame / 2) : BLANK;
                logits.setFloat(start + said, 0);
                if (says) {
                    logits.setFloat(start + said + 1, -0.7f);
                }
            }
        }
        return logits;
    }

    /** The autoregressive decoder wants the prompt with its last token raised by one. */
    private static StepResult score(List<StepRow.Score> rows, SourceStates states) {
        int width = rows.stream().mapToInt(row -> row.ids().size()).max().orElseThrow();
        Tensor ids = Tensor.allocate(Arena.ofAuto(), DType.INT64, Shape.of(rows.size(), width));
        Tensor logProbs = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(rows.size(), width));
        for (int row = 0; row < rows.size(); row++) {
            Tensor prompt = states.of(rows.get(row).sequence());
            int length = Math.toIntExact(prompt.shape().dim(0));
            for (int i = 0; i < rows.get(row).ids().size(); i++) {
                int wanted = i == length ? EchoExecutor.EOS : (int) prompt.getFloat(i) + (i == length - 1 ? 1 : 0);
                ids.setLong((long) row * width + i, rows.get(row).ids().get(i));
                logProbs.setFloat((long) row * width + i, rows.get(row).ids().get(i) == wanted ? -0.25f : -3);
            }
        }
        Tensor none = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(rows.size(), width, 0));
        return new StepResult(none, Optional.of(new StepResult.BestTokens(ids, logProbs)), 0, 0, 0, 0);
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
