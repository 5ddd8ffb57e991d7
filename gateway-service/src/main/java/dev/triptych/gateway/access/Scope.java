package dev.triptych.gateway.access;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a key is for. */
public enum Scope {
    TEXT,
    VISION,
    BATCH,
    ADMIN;

    public static final Set<Scope> ALL = Set.copyOf(EnumSet.allOf(Scope.class));

    /** As it is written outside: {@code text}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Scope> of(String key) {
        return Arrays.stream(values()).filter(scope -> scope.key().equals(key)).findFirst();
    }

    /** In this enum's order. */
    static String join(Collection<Scope> scopes, String separator) {
        return scopes.stream().sorted().map(Scope::key).collect(Collectors.joining(separator));
    }
}
