/**
 * From logits to the next token: strategies, the history they look at, and when a sequence stops.
 *
 * <p>Pure functions over one row, called by the engine loop on its thread.
 */
@NullMarked
package dev.triptych.text.decoding;

import org.jspecify.annotations.NullMarked;
