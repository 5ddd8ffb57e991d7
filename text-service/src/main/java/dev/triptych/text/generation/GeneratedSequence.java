package dev.triptych.text.generation;

import java.util.List;

/**
 * One sequence of an answer.
 *
 * @param reason why it ended
 * @param tokenIds generated tokens; decoder start token or prompt and padding left out, end-of-sequence kept
 * @param score for beams Hugging Face's {@code sequences_scores}: the sum of the log-probs that the rules left, divided
 *     by the length to the power of the length penalty; else the sum of the tokens' log-probs under the model
 * @param logProbs natural logarithm of each token's probability under the model, before any rule
 * @param topLogProbs for each token the likeliest tokens in its place, likeliest first; empty where they were not asked
 *     for
 */
public record GeneratedSequence(
        FinishReason reason,
        List<Integer> tokenIds,
        double score,
        List<Double> logProbs,
        List<List<TokenScore>> topLogProbs) {

    public GeneratedSequence {
        tokenIds = List.copyOf(tokenIds);
        logProbs = List.copyOf(logProbs);
        topLogProbs = List.copyOf(topLogProbs);
    }
}
