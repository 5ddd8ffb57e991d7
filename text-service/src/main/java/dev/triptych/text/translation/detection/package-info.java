/** Which language a text is in. Called by the LibreTranslate door; safe from any thread. */
@NullMarked
package dev.triptych.text.translation.detection;

import org.jspecify.annotations.NullMarked;
