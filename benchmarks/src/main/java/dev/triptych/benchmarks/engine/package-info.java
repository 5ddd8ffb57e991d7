/**
 * The engine in this process: its loop under closed-loop clients, and a bare loop over the same graphs to hold it
 * against.
 */
@NullMarked
package dev.triptych.benchmarks.engine;

import org.jspecify.annotations.NullMarked;
