/**
 * Looks at a translation beside its source and says what is wrong with it. Knows no language and no model; pure, on any
 * thread.
 */
@NullMarked
package dev.triptych.text.translation.guard;

import org.jspecify.annotations.NullMarked;
