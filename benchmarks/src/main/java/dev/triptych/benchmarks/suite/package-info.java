/** Processes of a suite of one's own, which are started, killed, frozen and watched. */
@NullMarked
package dev.triptych.benchmarks.suite;

import org.jspecify.annotations.NullMarked;
