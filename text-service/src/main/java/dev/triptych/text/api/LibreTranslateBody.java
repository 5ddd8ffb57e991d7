package dev.triptych.text.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.triptych.text.translation.detection.LanguageGuess;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body of {@code POST /translate}. Unknown fields are passed over, as LibreTranslate does; keys are the gateway's.
 *
 * @param q a string or a list of strings
 * @param source a language's code or {@code auto}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record LibreTranslateBody(
        @Nullable JsonNode q,
        @Nullable String source,
        @Nullable String target,
        @Nullable String format,
        @Nullable Integer alternatives) {

    /**
     * @param translatedText a string, or a list for a list
     * @param detectedLanguage the same of languages; absent where the source was named
     * @param alternatives a list, or a list of lists for a list; absent where none were asked for
     */
    record Reply(
            @JsonProperty("translatedText") Object translatedText,
            @JsonProperty("detectedLanguage") @Nullable Object detectedLanguage,
            @Nullable Object alternatives) {}

    /** @param confidence in percent */
    record Detected(double confidence, String language) {

        static Detected of(LanguageGuess guess) {
            return new Detected(Math.round(guess.probability() * 1000) / 10.0, guess.language());
        }
    }
}
