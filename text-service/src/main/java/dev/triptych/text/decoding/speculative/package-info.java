/**
 * Drafts of whole outputs, where in them verification stands, and how much of them a pass should look at. Knows what a
 * non-autoregressive decoder finds likely, and token ids; no logits.
 */
@NullMarked
package dev.triptych.text.decoding.speculative;

import org.jspecify.annotations.NullMarked;
