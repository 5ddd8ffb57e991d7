package dev.triptych.benchmarks;

import java.lang.management.ManagementFactory;

/** Measures wall-clock time and processor time of this process from its making on. */
public final class Stopwatch {

    private final long began = System.nanoTime();
    private final long cpuBegan = cpuNanos();

    public double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    /** Processor time over all threads; 0 where the platform does not tell. */
    public double cpuSeconds() {
        return (cpuNanos() - cpuBegan) / 1e9;
    }

    private static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : 0;
    }
}
