/** Restarts of every service under load: what clients notice of them. Talks to processes of its own on this machine. */
@NullMarked
package dev.triptych.benchmarks.rolling;

import org.jspecify.annotations.NullMarked;
