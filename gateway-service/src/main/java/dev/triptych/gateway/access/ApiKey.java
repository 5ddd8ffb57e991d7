package dev.triptych.gateway.access;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key as it stands in the store, which does not know its secret.
 *
 * @param id         {@code key_…}; no secret
 * @param secretHash what {@link KeySecret#hash} makes of the secret
 * @param revokedAt  {@code null}: it is good
 */
record ApiKey(
        String id,
        String name,
        String secretHash,
        Set<Scope> scopes,
        KeyLimits limits,
        Instant createdAt,
        @Nullable Instant revokedAt) {

    ApiKey {
        scopes = Set.copyOf(scopes);
    }

    Caller caller() {
        return new Caller(id, scopes, limits);
    }
}
