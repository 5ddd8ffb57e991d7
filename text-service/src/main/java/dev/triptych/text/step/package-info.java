/**
 * One model call as values: what to run, what came back, and the port to whoever runs it. A leaf.
 *
 * <p>The scheduler makes plans, an executor carries them out, both on the engine's thread.
 */
@NullMarked
package dev.triptych.text.step;

import org.jspecify.annotations.NullMarked;
