package dev.triptych.wire;

import java.util.List;

/**
 * A translated text, the value of a record on {@link Topics#TEXT_RESULTS}.
 *
 * @param model the model that translated
 * @param strategy the strategy that was used
 * @param text the translation
 * @param score sum of the log-probs of the generated tokens
 * @param promptTokens tokens read
 * @param completionTokens tokens generated
 * @param warnings what was noticed, as in {@code POST /v1/translations}
 */
public record TranslationResult(
        String model,
        String strategy,
        String text,
        double score,
        int promptTokens,
        int completionTokens,
        List<String> warnings) {}
