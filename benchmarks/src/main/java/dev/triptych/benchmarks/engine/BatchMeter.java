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
    private final AllocationMeter allocations = new AllocationMeter();

    @Override
    public void stepped(int stepRows) {
        steps.increment();
        rows.add(stepRows);
        allocations.stepped(stepRows);
    }

    @Override
    public void encoded(double paddingRatio) {
        batches.increment();
        allocations.encoded();
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
        allocations.reset();
    }

    double meanRows() {
        return rows.sum() / Math.max(1.0, steps.sum());
    }

    double meanStarted() {
        return firstTokens.sum() / Math.max(1.0, batches.sum());
    }

    /** Bytes that the loop's thread allocates for a step in which nobody joins or leaves. */
    long medianStepBytes() {
        return allocations.medianBytes();
    }

    double meanFirstTokenMillis() {
        return firstTokenNanos.sum() / 1e6 / Math.max(1.0, firstTokens.sum());
    }
}
