/**
 * The few numeric functions that are applied to a row of logits outside a graph. Pure, on the caller's thread.
 */
@NullMarked
package dev.triptych.tensor.math;

import org.jspecify.annotations.NullMarked;
