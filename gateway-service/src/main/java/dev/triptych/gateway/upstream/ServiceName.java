package dev.triptych.gateway.upstream;

import java.util.Locale;

/** The services that own work. */
public enum ServiceName {
    TEXT,
    VISION;

    /** The name in settings and health components: {@code text}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name in messages and logs: {@code text-service}. */
    @Override
    public String toString() {
        return key() + "-service";
    }
}
