package dev.triptych.benchmarks.engine;

import dev.triptych.benchmarks.Stopwatch;
import dev.triptych.benchmarks.Throughput;
import dev.triptych.tensor.math.FastLogits;
import dev.triptych.text.config.StepRunners;
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
 * The same graphs over batches that nobody joins or leaves, greedy, without clients, log-probs or scheduling. With as many
 * steps as the outputs have tokens on average it is the least that decoding takes: what the engine reaches of it is its
 * efficiency. Run until the longest output of each batch ends it is what servers did before continuous batching.
 */
final class BareLoop {

    private final Seq2SeqModel model;
    private final float[] row;

    BareLoop(Seq2SeqModel model) {
        this.model = model;
        this.row = new float[model.shape().vocabSize()];
    }

    /** Looks at each step of a batch. */
    interface Watcher {

        /**
         * Hears of a step.
         *
         * @param step counted from 0
         * @param tokens what each row got
         * @param nanos what it took, without the encoder's time
         * @return whether the batch goes on
         */
        boolean stepped(int step, long[] tokens, long nanos);
    }

    /** Batches of which every row generates as many tokens as every other. */
    Throughput steps(int rows, int steps, List<List<Integer>> prompts, Duration duration) {
        Stopwatch watch = new Stopwatch();
        int batches = run(rows, steps, prompts, duration, () -> (step, tokens, nanos) -> true);
        return new Throughput(
                rows,
                (long) batches * rows,
                (long) batches * rows * steps,
                watch.seconds(),
                watch.cpuSeconds(),
                new double[0]);
    }

    /** Batches in the order of their prompts, each run until its last row has ended. */
    StaticBatches untilAllEnd(int rows, int newTokens, List<List<Integer>> prompts, Duration duration) {
        Stopwatch watch = new Stopwatch();
        StaticBatches counted = new StaticBatches(rows, newTokens, model.rules().eosTokenIds());
        run(rows, newTokens, prompts, duration, counted::next);
        counted.ended(watch.seconds(), watch.cpuSeconds());
        return counted;
    }

    /** One batch of so many tokens a row. */
    void once(int rows, int steps, List<Integer> prompt, Watcher watcher) {
        run(rows, steps, List.of(prompt), Duration.ZERO, () -> watcher);
    }

    /** Makes the watcher of a batch. */
    private interface Watching {
        Watcher next();
    }

    private int run(int rows, int steps, List<List<Integer>> prompts, Duration duration, Watching watching) {
        return run(StepRunners.of(model, 1L << 32, System::nanoTime), rows, steps, prompts, duration, watching);
    }

    private <S extends CacheStep> int run(
            StepRunner<S> runner,
            int rows,
            int steps,
            List<List<Integer>> prompts,
            Duration duration,
            Watching watching) {
        Stopwatch watch = new Stopwatch();
        int batch = 0;
        try (KvCache<S> cache = runner.cache()) {
            do {
                generate(
                        runner.executor(),
                        cache,
                        new Batch(batch, batchOf(prompts, rows, batch), steps),
                        watching.next());
                batch++;
            } while (watch.seconds() * 1e9 < duration.toNanos());
        }
        return batch;
    }

    /** @param rows shortest prompt first */
    private record Batch(long cohort, List<StepRow.Prefill> rows, int steps) {

        CacheDemand demand() {
            return new CacheDemand(rows.size(), rows.getLast().promptIds().size(), steps);
        }
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
            StepExecutor<S> executor, KvCache<S> cache, Batch batch, Watcher watcher) {
        StepPlan.Work plan = new StepPlan.Work(batch.cohort(), List.of(), batch.rows(), Optional.of(batch.demand()));
        for (int i = 0; i < batch.steps(); i++) {
            StepResult result = step(executor, cache, plan);
            long[] tokens = tokens(result, batch.rows().size());
            if (!watcher.stepped(i, tokens, result.decodeNanos())) {
                break;
            }
            List<StepRow.Decode> decodes = new ArrayList<>(tokens.length);
            for (int r = 0; r < tokens.length; r++) {
                decodes.add(new StepRow.Decode(r, (int) tokens[r]));
            }
            plan = new StepPlan.Work(batch.cohort(), decodes, List.of(), Optional.empty());
        }
        cache.rearrange(batch.cohort(), new int[0]);
    }

    private static <S extends CacheStep> StepResult step(
            StepExecutor<S> executor, KvCache<S> cache, StepPlan.Work plan) {
        if (!(cache.reserve(plan.cohort(), plan.demand()) instanceof Reservation.Granted<S> granted)) {
            throw new IllegalStateException("the bare loop has too little memory");
        }
        S step = granted.step();
        StepOutcome outcome = executor.execute(plan, step);
        if (!(outcome instanceof StepOutcome.Completed completed)) {
            throw new IllegalStateException("a step failed: " + outcome);
        }
        step.commit();
        return completed.result();
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
