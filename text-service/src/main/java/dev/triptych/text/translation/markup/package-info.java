/**
 * HTML in, HTML out: which stretches of a document are words, and their translations back in their places. Called by a
 * translation for each text of that form; pure, on any thread.
 */
@NullMarked
package dev.triptych.text.translation.markup;

import org.jspecify.annotations.NullMarked;
