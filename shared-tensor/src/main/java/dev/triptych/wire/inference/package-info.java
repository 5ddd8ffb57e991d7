/**
 * The Open Inference Protocol v2 as values, and its two REST forms: JSON, and JSON followed by raw tensors.
 *
 * <p>Services read requests and write answers with it, the gateway writes requests and reads answers. No thread, no
 * state.
 */
@NullMarked
package dev.triptych.wire.inference;

import org.jspecify.annotations.NullMarked;
