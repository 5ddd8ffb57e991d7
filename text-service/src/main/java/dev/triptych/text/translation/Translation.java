package dev.triptych.text.translation;

import dev.triptych.text.generation.TokenScore;
import java.util.List;

/**
 * A translated text.
 *
 * @param text the translation
 * @param score sum of the sentences' scores, each as in {@link dev.triptych.text.generation.GeneratedSequence}
 * @param tokenIds generated tokens of all sentences in order, end-of-sequence tokens included
 * @param promptTokens tokens read
 * @param warnings what was noticed, {@link #PIECES} and the guards' {@link dev.triptych.text.translation.guard.Fault}s
 * @param timing where the time went, summed over sentences
 * @param alternatives other translations, where the strategy gives several sequences
 * @param logProbs one for each generated token, where they were asked for
 */
public record Translation(
        String text,
        double score,
        List<Integer> tokenIds,
        int promptTokens,
        List<String> warnings,
        Timing timing,
        List<String> alternatives,
        List<TokenLogProb> logProbs) {

    /** A sentence was translated in pieces around its placeholders or tags, since the model lost some. */
    public static final String PIECES = "pieces";

    public Translation {
        tokenIds = List.copyOf(tokenIds);
        warnings = List.copyOf(warnings);
        alternatives = List.copyOf(alternatives);
        logProbs = List.copyOf(logProbs);
    }

    /**
     * What the model gave a token.
     *
     * @param token generated
     * @param top the likeliest tokens in its place; empty where they were not asked for
     */
    public record TokenLogProb(TokenScore token, List<TokenScore> top) {}

    /** Sums over a text's sentences; sentences of a batch share their steps, so sums exceed wall-clock time. */
    public record Timing(long queueNanos, long encodeNanos, long decodeNanos, int steps, int drafted, int accepted) {}
}
