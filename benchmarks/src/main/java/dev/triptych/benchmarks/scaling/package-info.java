/**
 * How throughput and latency follow from replicas, partitions and batch size: a discrete-event simulation of replicas
 * that step their rows together, fed with the step times of one measured machine. No model is loaded.
 */
@NullMarked
package dev.triptych.benchmarks.scaling;

import org.jspecify.annotations.NullMarked;
