package dev.triptych.text.runtime;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.text.kvcache.CacheStep;
import dev.triptych.text.kvcache.CohortStep;
import dev.triptych.text.kvcache.SharedStep;
import dev.triptych.text.step.StepExecutor;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepResult;
import dev.triptych.text.step.StepRow;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A model that answers a prompt with itself and an end-of-sequence token. It keeps what it has seen in the cache alone
 * ({@code [rows, 1, length, 1]}: the position in the prompt as self-attention's key, the prompt as cross-attention's), so
 * a row that finds another row's cache answers wrongly.
 */
final class EchoExecutor<S extends CacheStep> implements StepExecutor<S> {

    static final int VOCABULARY = 40;
    static final int START = 0;
    static final int EOS = 1;

    private final Memory<S> memory;
    private final List<List<Long>> steps = new ArrayList<>();
    private final Deque<UnaryOperator<StepOutcome>> scripts = new ArrayDeque<>();
    private Runnable duringStep = () -> {};

    EchoExecutor(Memory<S> memory) {
        this.memory = memory;
    }

    /** The sequences of each step so far. */
    List<List<Long>> steps() {
        return steps;
    }

    /** The next step ends as {@code script} makes of it. */
    void script(UnaryOperator<StepOutcome> script) {
        scripts.add(script);
    }

    void failNext() {
        script(ignored -> new StepOutcome.Failed(new IllegalStateException("scripted")));
    }

    void failJoining() {
        script(ignored -> new StepOutcome.JoiningFailed(new IllegalStateException("scripted")));
    }

    void duringStep(Runnable action) {
        duringStep = action;
    }

    @Override
    public StepOutcome execute(StepPlan.Work plan, S cache) {
        steps.add(plan.rows().stream().map(StepRow::sequence).toList());
        duringStep.run();
        int rows = plan.rows().size();
        Tensor logits = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(rows, VOCABULARY));
        for (int row = 0; row < rows; row++) {
            int next = switch (plan.rows().get(row)) {
                case StepRow.Prefill prefill -> memory.first(prefill, cache, row);
                case StepRow.Decode ignored -> memory.next(cache, row);
                default -> throw new IllegalArgumentException("not a step of this model");
            };
            logits.setFloat((long) row * VOCABULARY + next, 10);
        }
        StepOutcome outcome = new StepOutcome.Completed(new StepResult(logits, Optional.empty(), rows, rows, 0, 0));
        UnaryOperator<StepOutcome> script = scripts.poll();
        return script == null ? outcome : script.apply(outcome);
    }

    /** Where the model remembers what it was asked, and how far it is. */
    interface Memory<S extends CacheStep> {

        /** Remembers a prompt and answers its first token. */
        int first(StepRow.Prefill prefill, S cache, int row);

        /** The token that follows what is remembered. */
        int next(S cache, int row);
    }

    /** In the caches of rows that started together. */
    static final class CohortMemory implements Memory<CohortStep> {

        @Override
        public int first(StepRow.Prefill prefill, CohortStep cache, int row) {
            long source = cache.sourceLength();
            for (int i = 0; i < source; i++) {
                cache.crossKey(0).setFloat(row * source + i, id(prefill, i));
            }
            cache.presentKey(0).setFloat(row, 0);
            return token(cache, row, 0);
        }

        @Override
        public int next(CohortStep cache, int row) {
            long length = cache.pastKey(0).shape().dim(2);
            for (int i = 0; i < length; i++) {
                float position = cache.pastKey(0).getFloat(row * length + i);
                cache.presentKey(0).setFloat(row * (length + 1) + i, position);
            }
            int position = (int) cache.pastKey(0).getFloat(row * length + length - 1) + 1;
            cache.presentKey(0).setFloat(row * (length + 1) + length, position);
            return token(cache, row, position);
        }

        private static int token(CohortStep cache, int row, int position) {
            long source = cache.sourceLength();
            return position < source ? (int) cache.crossKey(0).getFloat(row * source + position) : EOS;
        }
    }

    /** In buffers in which each row has its own length. */
    static final class SharedMemory implements Memory<SharedStep> {

        @Override
        public int first(StepRow.Prefill prefill, SharedStep cache, int row) {
            int length = prefill.promptIds().size();
            cache.joins(row, length);
            long capacity = cache.crossKey(0).shape().dim(2);
            for (int i = 0; i < length; i++) {
                cache.crossKey(0).setFloat(row * capacity + i, id(prefill, i));
            }
            return at(cache, row, 0);
        }

        @Override
        public int next(SharedStep cache, int row) {
            long capacity = cache.key(0).shape().dim(2);
            int past = cache.pastLength(row);
            return at(cache, row, (int) cache.key(0).getFloat(row * capacity + past - 1) + 1);
        }

        private static int at(SharedStep cache, int row, int position) {
            cache.key(0).setFloat(row * cache.key(0).shape().dim(2) + cache.pastLength(row), position);
            long capacity = cache.crossKey(0).shape().dim(2);
            return position < cache.sourceLength(row)
                    ? (int) cache.crossKey(0).getFloat(row * capacity + position)
                    : EOS;
        }
    }

    private static int id(StepRow.Prefill prefill, int position) {
        return position < prefill.promptIds().size() ? prefill.promptIds().get(position) : EOS;
    }

    /** What the model answers. */
    static List<Integer> answer(List<Integer> prompt, int maxNewTokens) {
        List<Integer> answer = new ArrayList<>(prompt);
        answer.add(EOS);
        return answer.subList(0, Math.min(maxNewTokens, answer.size()));
    }

    /** How often each sequence was stepped. */
    Map<Long, Integer> counts() {
        Map<Long, Integer> counts = new HashMap<>();
        steps.forEach(step -> step.forEach(sequence -> counts.merge(sequence, 1, Integer::sum)));
        return counts;
    }
}
