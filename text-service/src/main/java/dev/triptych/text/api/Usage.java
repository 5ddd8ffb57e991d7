package dev.triptych.text.api;

/** Tokens read and generated. */
record Usage(int promptTokens, int completionTokens, int totalTokens) {

    static Usage of(int promptTokens, int completionTokens) {
        return new Usage(promptTokens, completionTokens, promptTokens + completionTokens);
    }
}
