/**
 * Search strategies: greedy decoding.
 *
 * <p>Called by the engine loop on its thread, one row at a time.
 */
@NullMarked
package dev.triptych.text.decoding.search;

import org.jspecify.annotations.NullMarked;
