/**
 * Jinja templates as far as chat templates use them, with the meaning of the Jinja that Hugging Face's
 * {@code apply_chat_template} runs: Python's values, {@code trim_blocks} and {@code lstrip_blocks}.
 *
 * <p>A template is parsed once and rendered from any thread; nothing outside the values given is reached.
 */
@NullMarked
package dev.triptych.text.template;

import org.jspecify.annotations.NullMarked;
