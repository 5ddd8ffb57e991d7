/** Drafts of whole outputs and how far verification has come in them. Looks at token ids only. */
@NullMarked
package dev.triptych.text.decoding.speculative;

import org.jspecify.annotations.NullMarked;
