/** How a process leaves: what every service with an HTTP door does before it stops. Knows Spring's web, and no jobs. */
@NullMarked
package dev.triptych.worker.drain;

import org.jspecify.annotations.NullMarked;
