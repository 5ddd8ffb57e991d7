package dev.triptych.gateway.limits;

import dev.triptych.gateway.access.KeyLimits;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is counted by the minute. */
enum LimitUnit {
    REQUESTS,
    TOKENS,
    IMAGES;

    /** As it stands in headers, messages and the store: {@code requests}. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Nullable
    Long of(KeyLimits limits) {
        return switch (this) {
            case REQUESTS -> limits.requestsPerMinute();
            case TOKENS -> limits.tokensPerMinute();
            case IMAGES -> limits.imagesPerMinute();
        };
    }
}
