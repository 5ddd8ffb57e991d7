package dev.triptych.text.translation;

import java.util.List;

/**
 * A translated text.
 *
 * @param text the translation
 * @param score sum of the log-probs of all generated tokens
 * @param tokenIds generated tokens of all sentences in order, end-of-sequence tokens included
 * @param promptTokens tokens read
 * @param warnings what was noticed, such as {@link #TRUNCATED}
 * @param timing where the time went, summed over sentences
 */
public record Translation(
        String text, double score, List<Integer> tokenIds, int promptTokens, List<String> warnings, Timing timing) {

    /** A sentence reached its bound on generated tokens before it ended. */
    public static final String TRUNCATED = "truncated";

    public Translation {
        tokenIds = List.copyOf(tokenIds);
        warnings = List.copyOf(warnings);
    }

    /** Sums over a text's sentences; sentences of a batch share their steps, so sums exceed wall-clock time. */
    public record Timing(long queueNanos, long encodeNanos, long decodeNanos, int steps) {}
}
