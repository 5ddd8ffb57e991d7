/**
 * What a client may ask for: for now, how large a body may be.
 *
 * <p>Routing puts these filters on its routes; they run on the server's event loops.
 */
@NullMarked
package dev.triptych.gateway.limits;

import org.jspecify.annotations.NullMarked;
