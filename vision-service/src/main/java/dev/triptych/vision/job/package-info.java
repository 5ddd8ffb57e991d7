/**
 * The Kafka door: reads the items of {@code triptych.vision.requests} as work. Consuming, results and transactions are
 * {@code dev.triptych.worker}'s; pictures of a poll share batches with each other, and yield to those that somebody waits for.
 */
@NullMarked
package dev.triptych.vision.job;

import org.jspecify.annotations.NullMarked;
