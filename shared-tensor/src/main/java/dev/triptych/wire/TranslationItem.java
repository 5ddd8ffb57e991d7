package dev.triptych.wire;

import org.jspecify.annotations.Nullable;

/**
 * One text to translate, the value of a record on {@link Topics#TEXT_REQUESTS}. Fields mean what they mean in
 * {@code POST /v1/translations}.
 *
 * @param model the model's id; absent: the one that serves the language pair
 * @param source language of the input
 * @param target language of the output
 * @param input the text
 * @param strategy decoding strategy; absent: greedy
 * @param maxNewTokens bound on generated tokens for each sentence; absent: the model's own
 */
public record TranslationItem(
        @Nullable String model,
        String source,
        String target,
        String input,
        @Nullable String strategy,
        @Nullable Integer maxNewTokens) {}
