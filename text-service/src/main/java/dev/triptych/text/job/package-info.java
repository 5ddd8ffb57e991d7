/**
 * The Kafka door: reads the items of {@code triptych.text.requests} as work. Consuming, results and transactions are
 * {@code dev.triptych.worker}'s; the translating happens on the workers and in the engine, which interactive requests
 * share and go first in.
 */
@NullMarked
package dev.triptych.text.job;

import org.jspecify.annotations.NullMarked;
