/**
 * What the engine loops do, as Micrometer meters and as spans of whatever asked for it.
 *
 * <p>Both are updated on the engines' threads and read by whoever scrapes or collects.
 */
@NullMarked
package dev.triptych.text.telemetry;

import org.jspecify.annotations.NullMarked;
