package dev.triptych.benchmarks.engine;

import dev.triptych.benchmarks.Stopwatch;
import dev.triptych.benchmarks.Throughput;
import dev.triptych.tensor.math.FastLogits;
import dev.triptych.text.executor.OnnxStepExecutor;
import dev.triptych.text.executor.PlainGraphs;
import dev.triptych.text.kvcache.CacheDemand;
import dev.triptych.text.kvcache.CacheStep;
import dev.triptych.text.kvcache.KvCache;
import dev.triptych.text.kvcache.KvGeometry;
import dev.triptych.text.kvcache.Reservation;
import dev.triptych.text.model.Seq2SeqModel;
import dev.triptych.text.model.Seq2SeqShape;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepResult;
import dev.triptych.text.step.StepRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

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
        Seq2SeqShape shape = model.shape();
        KvGeometry geometry = new KvGeometry(shape.decoderLayers(), shape.headCount(), shape.headSize());
        OnnxStepExecutor executor = new OnnxStepExecutor(graphs(), System::nanoTime);
        Stopwatch watch = new Stopwatch();
        long tokens = 0;
        int batch = 0;
        try (KvCache cache = new KvCache(geometry, 1L << 32)) {
            while (watch.seconds() * 1e9 < duration.toNanos()) {
                generate(executor, cache, batch, batchOf(prompts, rows, batch));
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

    private void generate(OnnxStepExecutor executor, KvCache cache, long cohort, List<StepRow.Prefill> rows) {
        CacheDemand demand =
                new CacheDemand(rows.size(), rows.getLast().promptIds().size(), steps);
        int[] tokens = step(executor, new StepPlan.Start(cohort, rows, demand), cache.open(cohort, demand));
        for (int i = 1; i < steps; i++) {
            List<StepRow.Decode> decodes = new ArrayList<>(tokens.length);
            for (int r = 0; r < tokens.length; r++) {
                decodes.add(new StepRow.Decode(r, tokens[r]));
            }
            tokens = step(executor, new StepPlan.Advance(cohort, decodes), cache.extend(cohort));
        }
        cache.drop(cohort);
    }

    private int[] step(OnnxStepExecutor executor, StepPlan.Work plan, Reservation reservation) {
        if (!(reservation instanceof Reservation.Granted granted)) {
            throw new IllegalStateException("the bare loop has too little memory: " + reservation);
        }
        CacheStep step = granted.step();
        StepOutcome outcome = executor.execute(plan, step);
        if (!(outcome instanceof StepOutcome.Completed completed)) {
            throw new IllegalStateException("a step failed: " + outcome);
        }
        step.commit();
        StepResult result = completed.result();
        int[] tokens = new int[plan.rows().size()];
        for (int i = 0; i < tokens.length; i++) {
            result.logits().copyFloats((long) i * row.length, row, 0, row.length);
            tokens[i] = FastLogits.argMax(row, row.length);
        }
        return tokens;
    }

    private PlainGraphs graphs() {
        Seq2SeqShape shape = model.shape();
        return new PlainGraphs(
                model.graphs().encoder(),
                model.graphs().firstStep(),
                model.graphs().nextStep(),
                shape.decoderLayers(),
                shape.hiddenSize(),
                shape.vocabSize(),
                model.rules().padTokenId(),
                model.rules().decoderStartTokenId());
    }
}
