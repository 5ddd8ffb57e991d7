package dev.triptych.local.client;

import org.jspecify.annotations.Nullable;

/**
 * How every line of a job is translated.
 *
 * @param strategy absent: the service's default
 * @param model absent: the one that serves the language pair
 */
public record TranslationSettings(
        String source,
        String target,
        @Nullable String strategy,
        @Nullable String model) {}
