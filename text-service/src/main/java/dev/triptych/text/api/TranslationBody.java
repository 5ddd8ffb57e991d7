package dev.triptych.text.api;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body of {@code POST /v1/translations}.
 *
 * @param input a string or a list of strings
 * @param format {@code text} or {@code html}
 * @param glossary an object of terms and their wanted translations
 */
record TranslationBody(
        @Nullable String model,
        @Nullable String source,
        @Nullable String target,
        @Nullable JsonNode input,
        @Nullable String strategy,
        @Nullable Options options,
        @Nullable String format,
        @Nullable JsonNode glossary,
        @Nullable Boolean stream,
        @Nullable Boolean returnTokenIds,
        @Nullable Long deadlineMs,
        @Nullable String priority) {

    /**
     * @param maxNewTokens bound for each sentence
     * @param retry whether a sentence that a guard complains about is translated again; absent: yes
     * @param qualityLoss BLEU points below greedy's that strategy auto may lose
     * @param others how tokens are chosen, see {@link DecodingFields}
     */
    record Options(
            @Nullable Integer maxNewTokens,
            @Nullable Boolean retry,
            @Nullable Double qualityLoss,
            @JsonAnySetter Map<String, JsonNode> others) {

        static final Options NONE = new Options(null, null, null, Map.of());
    }

    Options optionsOrNone() {
        return options == null ? Options.NONE : options;
    }

    boolean streams() {
        return Boolean.TRUE.equals(stream);
    }

    boolean wantsTokenIds() {
        return Boolean.TRUE.equals(returnTokenIds);
    }
}
