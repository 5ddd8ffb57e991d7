/**
 * Quality, latency and throughput of every strategy of one model, side by side in one run, as a page and as the curves that
 * the {@code auto} strategy decides by.
 */
@NullMarked
package dev.triptych.benchmarks.strategies;

import org.jspecify.annotations.NullMarked;
