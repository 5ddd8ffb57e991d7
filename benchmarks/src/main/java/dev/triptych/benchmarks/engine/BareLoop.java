package dev.triptych.benchmarks.engine;

import dev.triptych.benchmarks.Stopwatch;
import dev.triptych.benchmarks.Throughput;
import dev.triptych.tensor.math.FastLogits;
import dev.triptych.text.config.EngineAssembly;
import dev.triptych.text.kvcache.CacheDemand;
import dev.triptych.text.kvcache.CacheStep;
import dev.triptych.text.kvcache.KvCache;
import dev.triptych.text.kvcache.Reservation;
import dev.triptych.text.model.Seq2SeqModel;
import dev.triptych.text.runtime.StepRunner;
import dev.triptych.text.step.StepExecutor;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepResult;
import dev.triptych.text.step.StepRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The least that decoding takes: the same graphs over a fixed batch that nobody joins or leaves, greedy, without
 * clients, log-probs or scheduling. What the engine reaches of it is its efficiency.
 */
final class BareLoop {

    private final Seq2SeqModel model;
    private final int steps;
    private final float[] row;

    /** @param steps tokens that each row generates, whatever they are */
    BareLoop(Seq2SeqModel model, int steps) {
        this.model = model;
        this.steps = steps;
        this.row = new float[model.shape().vocabSize()];
    }

    Throughput run(int rows, List<List<Integer>> prompts, Duration duration) {
        return run(EngineAssembly.runner(model, 1L << 32, System::nanoTime), rows, prompts, duration);
    }

    private <S extends CacheStep> Throughput run(
            StepRunner<S> runner, int rows, List<List<Integer>> prompts, Duration duration) {
        Stopwatch watch = new Stopwatch();
        long tokens = 0;
        int batch = 0;
        try (KvCache<S> cache = runner.cache()) {
            while (watch.seconds() * 1e9 < duration.toNanos()) {
                generate(runner.executor(), cache, batch, batchOf(prompts, rows, batch));
                tokens += (long) rows * steps;
                batch++;
            }
        }
        return new Throughput(rows, (long) batch * rows, tokens, watch.seconds(), watch.cpuSeconds(), new double[0]);
    }

    private static List<StepRow.Prefill> batchOf(List<List<Integer>> prompts, int rows, int batch) {
        List<StepRow.Prefill> prefills = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            prefills.add(new StepRow.Prefill(i, prompts.get((batch * rows + i) % prompts.size())));
        }
        prefills.sort(Comparator.comparingInt(prefill -> prefill.promptIds().size()));
        return prefills;
    }

    private <S extends CacheStep> void generate(
            StepExecutor<S> executor, KvCache<S> cache, long cohort, List<StepRow.Prefill> rows) {
        CacheDemand demand =
                new CacheDemand(rows.size(), rows.getLast().promptIds().size(), steps);
        long[] tokens = step(executor, cache, new StepPlan.Work(cohort, List.of(), rows, Optional.of(demand)));
        for (int i = 1; i < steps; i++) {
            List<StepRow.Decode> decodes = new ArrayList<>(tokens.length);
            for (int r = 0; r < tokens.length; r++) {
                decodes.add(new StepRow.Decode(r, (int) tokens[r]));
            }
            tokens = step(executor, cache, new StepPlan.Work(cohort, decodes, List.of(), Optional.empty()));
        }
        cache.rearrange(cohort, new int[0]);
    }

    private <S extends CacheStep> long[] step(StepExecutor<S> executor, KvCache<S> cache, StepPlan.Work plan) {
        if (!(cache.reserve(plan.cohort(), plan.demand()) instanceof Reservation.Granted<S> granted)) {
            throw new IllegalStateException("the bare loop has too little memory");
        }
        S step = granted.step();
        if (!(executor.execute(plan, step) instanceof StepOutcome.Completed completed)) {
            throw new IllegalStateException("a step failed");
        }
        step.commit();
        return tokens(completed.result(), step.rows());
    }

    private long[] tokens(StepResult result, int rows) {
        long[] tokens = new long[rows];
        for (int i = 0; i < rows; i++) {
            if (result.best().isPresent()) {
                tokens[i] = result.best().get().ids().getLong(i);
            } else {
                result.logits().copyFloats((long) i * row.length, row, 0, row.length);
                tokens[i] = FastLogits.argMax(row, row.length);
            }
        }
        return tokens;
    }
}
