/**
 * What must come out of a translation as it went in: placeholders, tags, addresses, mnemonics, capitals. Finds them,
 * says what the model is to read instead, and puts them back into what it wrote. Called by the translation of each
 * sentence; pure, on any thread.
 */
@NullMarked
package dev.triptych.text.translation.protection;

import org.jspecify.annotations.NullMarked;
