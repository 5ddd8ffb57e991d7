/**
 * What makes one request findable: its id in headers, and metric labels that name no address.
 *
 * <p>Every other package may read it; it reads none. Filters run on the server's event loops.
 */
@NullMarked
package dev.triptych.gateway.telemetry;

import org.jspecify.annotations.NullMarked;
