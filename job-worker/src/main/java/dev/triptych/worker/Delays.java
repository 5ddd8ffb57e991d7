package dev.triptych.worker;

import java.time.Duration;

/** Runs tasks later. */
@FunctionalInterface
interface Delays {

    void runAfter(Duration delay, Runnable task);
}
