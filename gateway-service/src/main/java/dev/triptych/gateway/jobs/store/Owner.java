package dev.triptych.gateway.jobs.store;

import dev.triptych.gateway.access.Caller;
import dev.triptych.gateway.access.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;

/**
 * Whose files and batches are meant: one's own, and where {@code unowned} those of nobody, which were made while the
 * gateway was open.
 *
 * @param keyId {@code null}: nobody's alone
 */
public record Owner(@Nullable String keyId, boolean unowned) {

    /** Binds to {@link #bind}'s parameters. */
    static final String SQL = "(key_id = :owner OR (key_id IS NULL AND :unowned))";

    public static Owner of(Caller caller) {
        return new Owner(caller.known() ? caller.id() : null, !caller.known() || caller.has(Scope.ADMIN));
    }

    GenericExecuteSpec bind(GenericExecuteSpec statement) {
        GenericExecuteSpec bound = statement.bind("unowned", unowned);
        return keyId == null ? bound.bindNull("owner", String.class) : bound.bind("owner", keyId);
    }
}
