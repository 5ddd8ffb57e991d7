/**
 * Files as texts and what lies around them: plain text, gettext catalogs, subtitles, JSON lines. A file that is read and
 * written again differs in the translated texts only.
 *
 * <p>The command line client and text-service read them; values without a thread.
 */
@NullMarked
package dev.triptych.document;

import org.jspecify.annotations.NullMarked;
