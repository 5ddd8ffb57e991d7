/**
 * Load that a running suite must survive: malformed requests, and far more requests than it can serve.
 *
 * <p>Talks to this machine only, and is bounded in number and time.
 */
@NullMarked
package dev.triptych.benchmarks.hostile;

import org.jspecify.annotations.NullMarked;
