/**
 * How a process with native memory ends: drained first, then shut down.
 *
 * <p>The services' entry points call it. It stands on the JDK alone and makes one thread, for the drain.
 */
@NullMarked
package dev.triptych.shutdown;

import org.jspecify.annotations.NullMarked;
