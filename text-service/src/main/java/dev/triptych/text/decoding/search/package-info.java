/**
 * Search strategies: greedy decoding, sampling and beam search, each as one request's state between steps. Deciding a
 * step changes nothing; committing it does.
 *
 * <p>Owned by the engine loop and called on its thread.
 */
@NullMarked
package dev.triptych.text.decoding.search;

import org.jspecify.annotations.NullMarked;
