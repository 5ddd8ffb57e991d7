package dev.triptych.text.translation.detection;

/**
 * A language that a text may be in.
 *
 * @param language its code
 * @param probability from 0 to 1
 */
public record LanguageGuess(String language, double probability) {}
