/**
 * The Kafka door: translates the items of {@code triptych.text.requests} and ends each with exactly one record on
 * {@code triptych.text.results}, in one transaction with the consumed offsets.
 *
 * <p>The listener's thread waits for a poll's items together; the translating happens on the workers and in the engine,
 * which interactive requests share and go first in.
 */
@NullMarked
package dev.triptych.text.job;

import org.jspecify.annotations.NullMarked;
