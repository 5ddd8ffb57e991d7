/** Finding documents by words, for comparison with finding them by vectors. */
@NullMarked
package dev.triptych.benchmarks.retrieval;

import org.jspecify.annotations.NullMarked;
