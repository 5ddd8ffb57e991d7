/**
 * Bare runs of graphs for the Open Inference Protocol: requests held against a graph's signature, tensors in and out.
 *
 * <p>Services call it on the thread of {@link dev.triptych.inference.InferenceQueue}, beside the loop that owns the
 * model. {@link dev.triptych.inference.OfflineShare} is the rule by which offline runs yield, there and here.
 */
@NullMarked
package dev.triptych.inference;

import org.jspecify.annotations.NullMarked;
