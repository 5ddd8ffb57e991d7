package dev.triptych.text.translation;

/**
 * A direction of translation.
 *
 * @param source code of the input's language
 * @param target code of the output's language
 */
public record LanguagePair(String source, String target) {

    @Override
    public String toString() {
        return source + " to " + target;
    }
}
