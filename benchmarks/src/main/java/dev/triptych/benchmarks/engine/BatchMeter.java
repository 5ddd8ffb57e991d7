package dev.triptych.benchmarks.engine;

import dev.triptych.text.runtime.RuntimeListener;
import java.util.concurrent.atomic.LongAdder;

/** Sums up what an engine loop did; read and reset between measurements. */
final class BatchMeter implements RuntimeListener {

    private final LongAdder steps = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final LongAdder batches = new LongAdder();
    private final LongAdder firstTokens = new LongAdder();
    private final LongAdder firstTokenNanos = new LongAdder();

    @Override
    public void stepped(int stepRows) {
        steps.increment();
        rows.add(stepRows);
    }

    @Override
    public void encoded(double paddingRatio) {
        batches.increment();
    }

    @Override
    public void firstToken(long sinceSubmissionNanos) {
        firstTokens.increment();
        firstTokenNanos.add(sinceSubmissionNanos);
    }

    void reset() {
        steps.reset();
        rows.reset();
        batches.reset();
        firstTokens.reset();
        firstTokenNanos.reset();
    }

    double meanRows() {
        return rows.sum() / Math.max(1.0, steps.sum());
    }

    double meanStarted() {
        return firstTokens.sum() / Math.max(1.0, batches.sum());
    }

    double meanFirstTokenMillis() {
        return firstTokenNanos.sum() / 1e6 / Math.max(1.0, firstTokens.sum());
    }
}
