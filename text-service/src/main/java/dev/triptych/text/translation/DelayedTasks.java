package dev.triptych.text.translation;

import java.time.Duration;

/** Runs tasks later. */
@FunctionalInterface
public interface DelayedTasks {

    void runAfter(Duration delay, Runnable task);
}
