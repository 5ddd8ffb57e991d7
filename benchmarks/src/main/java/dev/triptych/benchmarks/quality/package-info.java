/** Scores of translations against references. Pure. */
@NullMarked
package dev.triptych.benchmarks.quality;

import org.jspecify.annotations.NullMarked;
