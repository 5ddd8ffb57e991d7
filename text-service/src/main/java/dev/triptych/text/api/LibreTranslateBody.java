package dev.triptych.text.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
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
     * @param alternatives a list, or a list of lists for a list; absent where none were asked for
     */
    record Reply(
            @JsonProperty("translatedText") Object translatedText,
            @Nullable Object alternatives) {}
}
