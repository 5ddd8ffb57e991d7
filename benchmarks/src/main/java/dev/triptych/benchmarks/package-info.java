/**
 * Measurements of the suite, one subcommand each. Run with {@code ./triptych bench}; nothing imports it.
 */
@NullMarked
package dev.triptych.benchmarks;

import org.jspecify.annotations.NullMarked;
