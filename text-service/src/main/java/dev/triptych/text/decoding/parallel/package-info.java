/**
 * What non-autoregressive decoders' outputs mean: alignments of connectionist temporal classification.
 *
 * <p>Pure, called by searches on the engine loop's thread.
 */
@NullMarked
package dev.triptych.text.decoding.parallel;

import org.jspecify.annotations.NullMarked;
