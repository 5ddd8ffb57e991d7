/**
 * Sampling: filters over one row's distribution with Hugging Face's meaning and in its order, and draws that depend on
 * the request's seed alone.
 *
 * <p>Called by the engine loop on its thread, one row at a time.
 */
@NullMarked
package dev.triptych.text.decoding.sampling;

import org.jspecify.annotations.NullMarked;
