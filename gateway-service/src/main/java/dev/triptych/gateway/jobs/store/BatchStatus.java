package dev.triptych.gateway.jobs.store;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** OpenAI's states of a batch. */
public enum BatchStatus {
    VALIDATING,
    IN_PROGRESS,
    FINALIZING,
    CANCELLING,
    COMPLETED,
    FAILED,
    EXPIRED,
    CANCELLED;

    /** Those in which a gateway has something to do. */
    public static final Set<BatchStatus> ACTIVE = EnumSet.of(VALIDATING, IN_PROGRESS, FINALIZING, CANCELLING);

    static final String ACTIVE_SQL = "('validating', 'in_progress', 'finalizing', 'cancelling')";

    /** As it is written outside: {@code in_progress}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    static BatchStatus of(String key) {
        return valueOf(key.toUpperCase(Locale.ROOT));
    }

    public boolean ended() {
        return !ACTIVE.contains(this);
    }
}
