package dev.triptych.text.runtime;

import dev.triptych.text.step.EmbeddingExecutor;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepResult;
import java.util.List;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * A run of a model's graphs, for Flight Recorder; committed on the model's thread. While nobody records, nothing is made
 * and no clock is read.
 */
@Name("dev.triptych.Step")
@Label("Model Step")
@Description("A run of a model's graphs for the rows that step together")
@Category("Triptych")
@StackTrace(false)
final class StepEvent extends Event {

    /** Asked whether anybody records; never committed. */
    private static final StepEvent SWITCH = new StepEvent();

    private static final String COMPLETED = "completed";
    private static final String FAILED = "failed";

    @Label("Model")
    String model = "";

    @Label("Kind")
    @Description("decode; prefill, where rows join; draft, measure, refine or score of parallel decoders; embed")
    String kind = "";

    @Label("Rows")
    int rows;

    @Label("Joining Rows")
    @Description("Of these, the ones whose prompts were encoded first")
    int joining;

    @Label("Prompt Tokens")
    @Description("Tokens of the prompts that were encoded")
    int promptTokens;

    @Label("Padded Tokens")
    @Description("Positions that the encoder ran over for them, padding included")
    int paddedTokens;

    @Label("Encoder Time")
    @Timespan(Timespan.NANOSECONDS)
    long encodeTime;

    @Label("Decoder Time")
    @Timespan(Timespan.NANOSECONDS)
    long decodeTime;

    @Label("Outcome")
    @Description("completed; joining failed, where no row ran because prompts could not be encoded; failed")
    String outcome = "";

    private StepEvent() {}

    /** Runs a step of a generating model. */
    static StepOutcome around(String model, StepPlan.Step plan, StepTransaction transaction) {
        if (!SWITCH.isEnabled()) {
            return transaction.execute();
        }
        StepEvent event = new StepEvent();
        event.begin();
        StepOutcome outcome = transaction.execute();
        event.end();
        if (event.shouldCommit()) {
            event.model = model;
            event.kind = kind(plan);
            event.rows = plan.rows().size();
            event.joining = plan.joiningCount();
            event.ended(outcome);
            event.commit();
        }
        return outcome;
    }

    /** Runs a batch of an encoder. */
    static List<float[]> around(String model, List<List<Integer>> rows, EmbeddingExecutor executor) {
        if (!SWITCH.isEnabled()) {
            return executor.execute(rows);
        }
        StepEvent event = new StepEvent();
        event.model = model;
        event.kind = "embed";
        event.rows = rows.size();
        event.joining = rows.size();
        event.promptTokens = rows.stream().mapToInt(List::size).sum();
        event.paddedTokens =
                rows.size() * rows.stream().mapToInt(List::size).max().orElse(0);
        event.outcome = FAILED;
        event.begin();
        try {
            List<float[]> vectors = executor.execute(rows);
            event.outcome = COMPLETED;
            return vectors;
        } finally {
            event.commit();
        }
    }

    private static String kind(StepPlan.Step plan) {
        return switch (plan) {
            case StepPlan.Work work -> work.joining().isEmpty() ? "decode" : "prefill";
            case StepPlan.Draft ignored -> "draft";
            case StepPlan.Measure ignored -> "measure";
            case StepPlan.Refine ignored -> "refine";
            case StepPlan.Score ignored -> "score";
        };
    }

    private void ended(StepOutcome ended) {
        switch (ended) {
            case StepOutcome.Completed(StepResult result) -> {
                outcome = COMPLETED;
                promptTokens = result.sourceTokens();
                paddedTokens = result.paddedTokens();
                encodeTime = result.encodeNanos();
                decodeTime = result.decodeNanos();
            }
            case StepOutcome.JoiningFailed ignored -> outcome = "joining failed";
            case StepOutcome.Failed ignored -> outcome = FAILED;
        }
    }
}
