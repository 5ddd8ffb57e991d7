package dev.triptych.gateway.jobs.batches;

import java.time.Duration;

/**
 * Bounds of batches.
 *
 * @param maxItems      the most requests of one batch
 * @param maxLineBytes  the longest line of an input
 * @param window        the most items of one batch that are sent and have not ended
 * @param maxRunning    how many batches are worked on at a time
 * @param maxUnfinished how many may wait or run before new ones are refused
 * @param poll          between two looks at the store
 * @param events        between two events of a progress stream
 * @param cancelPatience how long items in flight may take to end once a batch is canceled
 * @param instanceId    the same over restarts, another for each gateway that runs at once
 */
public record BatchRules(
        int maxItems,
        int maxLineBytes,
        int window,
        int maxRunning,
        int maxUnfinished,
        Duration poll,
        Duration events,
        Duration cancelPatience,
        String instanceId) {}
