/**
 * What the engine loops do, as Micrometer meters.
 *
 * <p>Meters are updated on the engines' threads and read by whoever scrapes.
 */
@NullMarked
package dev.triptych.text.telemetry;

import org.jspecify.annotations.NullMarked;
