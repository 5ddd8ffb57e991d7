/**
 * The Kafka door: items of {@code triptych.vision.requests} become results, errors and dead letters, together with the
 * consumed offsets in one transaction.
 *
 * <p>Runs on the listener container's thread, which waits for the model; pictures of a poll share batches with each
 * other and with HTTP.
 */
@NullMarked
package dev.triptych.vision.job;

import org.jspecify.annotations.NullMarked;
