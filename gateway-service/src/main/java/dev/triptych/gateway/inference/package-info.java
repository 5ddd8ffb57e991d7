/**
 * The Open Inference Protocol v2 where it concerns the suite and not one model: what the server is and whether it is
 * ready.
 *
 * <p>Runs on the server's event loops; keeps nothing.
 */
@NullMarked
package dev.triptych.gateway.inference;

import org.jspecify.annotations.NullMarked;
