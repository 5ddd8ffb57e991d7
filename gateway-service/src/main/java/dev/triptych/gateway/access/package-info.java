/**
 * Who asks, and what they may do: API keys, tokens of an issuer, scopes, the audit log.
 *
 * <p>One filter before everything else decides; whoever comes after reads the {@link Caller} from the exchange. Keys
 * are secrets: they are in no log, metric or message, and the store has their hashes only. Runs on event loops.
 */
@NullMarked
package dev.triptych.gateway.access;

import org.jspecify.annotations.NullMarked;
