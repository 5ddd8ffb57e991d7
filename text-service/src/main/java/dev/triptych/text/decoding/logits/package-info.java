/**
 * Logits processors: rules that change the scores of one row before a token is chosen, with Hugging Face's meaning and
 * in its order.
 *
 * <p>Immutable, shared by all rows of a model; called on the engine's thread.
 */
@NullMarked
package dev.triptych.text.decoding.logits;

import org.jspecify.annotations.NullMarked;
