/**
 * The command line of {@code ./triptych}: parses the arguments and hands over to the broker, the supervisor, the
 * translation client or the search.
 *
 * <p>Each command runs on the main thread of a process of its own.
 */
@NullMarked
package dev.triptych.local;

import org.jspecify.annotations.NullMarked;
