/** A scripted engine for the doors' tests: it "translates" by writing in capitals, one UTF-8 byte to a token. */
@NullMarked
package dev.triptych.text.fake;

import org.jspecify.annotations.NullMarked;
