/**
 * What a client may ask for: how large a body may be, how much one key may use in a minute, and how many requests a
 * service has at a time.
 *
 * <p>One filter before the one that knows the caller, one behind it, and filters that routing puts on its routes; they run
 * on event loops.
 * Levels are kept in memory, or in the PostgreSQL that several gateways share.
 */
@NullMarked
package dev.triptych.gateway.limits;

import org.jspecify.annotations.NullMarked;
