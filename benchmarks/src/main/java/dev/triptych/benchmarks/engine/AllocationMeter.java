package dev.triptych.benchmarks.engine;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Bytes that an engine's thread allocates from one step to the next, where nobody joined or left in between. */
final class AllocationMeter {

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<Long> steps = new ArrayList<>();
    private long before;
    private int rowsBefore;
    private boolean joined = true;

    /** On the engine's thread. */
    synchronized void encoded() {
        joined = true;
    }

    /** On the engine's thread. */
    synchronized void stepped(int rows) {
        long now = threads.getCurrentThreadAllocatedBytes();
        if (!joined && rows == rowsBefore) {
            steps.add(now - before);
        }
        joined = false;
        rowsBefore = rows;
        before = threads.getCurrentThreadAllocatedBytes();
    }

    synchronized void reset() {
        steps.clear();
        joined = true;
    }

    /** The median of such steps; 0 where there were none. */
    synchronized long medianBytes() {
        List<Long> sorted = new ArrayList<>(steps);
        Collections.sort(sorted);
        return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
    }
}
