/**
 * The engine's façade and its loop. Doors submit requests and cancel them; one thread per model owns everything else.
 *
 * <p>Commands go in through a bounded mailbox, events come out through one bounded sink per request.
 */
@NullMarked
package dev.triptych.text.runtime;

import org.jspecify.annotations.NullMarked;
