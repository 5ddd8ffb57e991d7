/**
 * Translating texts of any length: splitting into sentences, finding the model of a language pair, submitting each
 * sentence and stitching the results so that line structure survives.
 *
 * <p>Both doors call {@link dev.triptych.text.translation.Translator}; the work runs on the executor it is given, never
 * on the engine's thread and never on an event loop.
 */
@NullMarked
package dev.triptych.text.translation;

import org.jspecify.annotations.NullMarked;
