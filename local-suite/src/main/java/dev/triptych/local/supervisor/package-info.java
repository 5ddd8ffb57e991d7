/**
 * Starts the broker and the services as processes, waits until each is ready, follows their logs, restarts what dies
 * and stops all in order; reads back from {@code var/run} what runs.
 *
 * <p>The commands call it, each on the main thread of its process; stopping also runs on the JVM's shut-down thread.
 */
@NullMarked
package dev.triptych.local.supervisor;

import org.jspecify.annotations.NullMarked;
