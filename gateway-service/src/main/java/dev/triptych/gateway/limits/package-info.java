/**
 * What a client may ask for: how large a body may be, and how much one key may use in a minute.
 *
 * <p>One filter behind the one that knows the caller, and filters that routing puts on its routes; they run on event loops.
 * Levels are kept in memory, or in the PostgreSQL that several gateways share.
 */
@NullMarked
package dev.triptych.gateway.limits;

import org.jspecify.annotations.NullMarked;
