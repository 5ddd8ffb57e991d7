/**
 * Decides what the next step does and who is admitted. Pure: it holds no model and no thread, and plans from values.
 *
 * <p>Called by the engine loop on its thread, except for {@code AdmissionPolicy}, which any thread may ask.
 */
@NullMarked
package dev.triptych.text.scheduler;

import org.jspecify.annotations.NullMarked;
