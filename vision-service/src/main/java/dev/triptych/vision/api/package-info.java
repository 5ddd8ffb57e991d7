/**
 * The HTTP door: requests about pictures and the list of vision models.
 *
 * <p>Runs on Netty's event loop and never blocks it; bodies are counted while they are read. Every error becomes its
 * protocol's shape in {@link dev.triptych.vision.api.ErrorResponses} and nowhere else.
 */
@NullMarked
package dev.triptych.vision.api;

import org.jspecify.annotations.NullMarked;
