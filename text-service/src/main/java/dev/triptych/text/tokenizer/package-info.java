/**
 * Text to ids and back: a port over the tokenizer library, and the detokenizer for streams.
 *
 * <p>Doors call it off the event loop; a tokenizer is safe from any thread, a detokenizer belongs to one stream.
 */
@NullMarked
package dev.triptych.text.tokenizer;

import org.jspecify.annotations.NullMarked;
