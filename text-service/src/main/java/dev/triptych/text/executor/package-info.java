/**
 * Runs step plans on graphs: packs rows into tensors, runs a session, hands rows of logits back.
 *
 * <p>Called by one engine loop on its thread. Only {@code config} names it.
 */
@NullMarked
package dev.triptych.text.executor;

import org.jspecify.annotations.NullMarked;
