package dev.triptych.text.api;

import dev.triptych.text.generation.Priority;
import dev.triptych.text.translation.WellFormedText;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Rules that fields of several endpoints share. Each refusal names the field, the rule and the value given. */
final class FieldRules {

    private FieldRules() {}

    static <T> T required(@Nullable T value, String field) {
        if (value == null) {
            throw invalid(field, field + " is required");
        }
        return value;
    }

    /** Texts given as one string or a list of strings. */
    static List<String> texts(@Nullable JsonNode node, String field, ApiLimits limits) {
        JsonNode given = required(node == null || node.isNull() ? null : node, field);
        if (given.isString()) {
            return List.of(text(given.stringValue(), field, limits));
        }
        if (!given.isArray() || given.isEmpty()) {
            throw invalid(field, field + " must be a string or a list of at least one string");
        }
        if (given.size() > limits.maxTexts()) {
            throw new TriptychException.Rejected(
                    ErrorCode.TOO_LARGE,
                    field,
                    field + " may have " + limits.maxTexts() + " texts, got " + given.size());
        }
        List<String> texts = new ArrayList<>(given.size());
        for (int i = 0; i < given.size(); i++) {
            String name = field + "[" + i + "]";
            if (!given.get(i).isString()) {
                throw invalid(name, name + " must be a string");
            }
            texts.add(text(given.get(i).stringValue(), name, limits));
        }
        return texts;
    }

    static String text(String text, String field, ApiLimits limits) {
        if (text.isEmpty()) {
            throw invalid(field, field + " must not be empty");
        }
        if (text.length() > limits.maxTextChars()) {
            throw new TriptychException.Rejected(
                    ErrorCode.TOO_LARGE,
                    field,
                    field + " may have " + limits.maxTextChars() + " characters, got " + text.length());
        }
        return WellFormedText.require(text, field);
    }

    static Priority priority(@Nullable String name) {
        if (name == null) {
            return Priority.INTERACTIVE;
        }
        for (Priority priority : Priority.values()) {
            if (priority.name().toLowerCase(Locale.ROOT).equals(name)) {
                return priority;
            }
        }
        throw invalid("priority", "priority must be interactive or batch, got \"" + name + "\"");
    }

    static Optional<Instant> deadline(@Nullable Long millis, Clock clock, ApiLimits limits) {
        if (millis == null) {
            return Optional.empty();
        }
        if (millis < 1 || millis > limits.maxDeadline().toMillis()) {
            throw invalid(
                    "deadline_ms",
                    "deadline_ms must be from 1 to " + limits.maxDeadline().toMillis() + ", got " + millis);
        }
        return Optional.of(clock.instant().plus(Duration.ofMillis(millis)));
    }

    static TriptychException.Rejected invalid(String field, String message) {
        return new TriptychException.Rejected(ErrorCode.INVALID_FIELD, field, message);
    }
}
