package dev.triptych.benchmarks.engine;

import dev.triptych.benchmarks.Throughput;
import java.util.Collection;
import java.util.Set;

/**
 * Batches that run until the last of their rows has ended, whatever the others do in the meantime: each row's tokens count
 * up to its own end.
 */
final class StaticBatches {

    private final int rows;
    private final int newTokens;
    private final Set<Long> ends;
    private long batches;
    private long tokens;
    private long computed;
    private double seconds;
    private double cpuSeconds;

    /** @param ends tokens that end a sequence */
    StaticBatches(int rows, int newTokens, Collection<Integer> ends) {
        this.rows = rows;
        this.newTokens = newTokens;
        this.ends = Set.copyOf(ends.stream().map(Integer::longValue).toList());
    }

    /** Watches one more batch. */
    BareLoop.Watcher next() {
        batches++;
        boolean[] ended = new boolean[rows];
        return (step, stepTokens, nanos) -> {
            boolean goesOn = false;
            for (int row = 0; row < rows; row++) {
                if (!ended[row]) {
                    tokens++;
                    ended[row] = ends.contains(stepTokens[row]) || step + 1 == newTokens;
                    goesOn |= !ended[row];
                }
            }
            computed += rows;
            return goesOn;
        };
    }

    void ended(double wallSeconds, double processorSeconds) {
        seconds = wallSeconds;
        cpuSeconds = processorSeconds;
    }

    Throughput throughput() {
        return new Throughput(rows, batches * rows, tokens, seconds, cpuSeconds, new double[0]);
    }

    /** The part of all computed tokens that belongs to an output. */
    double useful() {
        return (double) tokens / Math.max(1, computed);
    }
}
