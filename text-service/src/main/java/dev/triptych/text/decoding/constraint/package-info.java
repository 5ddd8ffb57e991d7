/**
 * Output of a given form: a regular expression or JSON Schema becomes an automaton over the bytes of UTF-8, and that a
 * set of allowed tokens for each of its states.
 *
 * <pre>
 *   pattern, schema --&gt; Term --&gt; CharGraph (code points) --&gt; ByteNfa --&gt; ByteDfa --&gt; MaskedVocabulary (tokens)
 * </pre>
 *
 * <p>Doors compile, on their own threads; the engine's thread asks for masks.
 */
@NullMarked
package dev.triptych.text.decoding.constraint;

import org.jspecify.annotations.NullMarked;
