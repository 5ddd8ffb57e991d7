/** Batch jobs over Kafka: what survives when processes are killed, and how fast they run beside interactive requests. */
@NullMarked
package dev.triptych.benchmarks.jobs;

import org.jspecify.annotations.NullMarked;
