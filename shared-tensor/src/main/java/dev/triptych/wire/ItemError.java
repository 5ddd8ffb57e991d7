package dev.triptych.wire;

import org.jspecify.annotations.Nullable;

/**
 * Why an item has no result.
 *
 * @param code {@link ErrorCode#code()}
 * @param message the rule and the value given
 * @param field the field at fault, where there is a single one
 */
public record ItemError(
        String code, String message, @Nullable String field) {}
