package dev.triptych.text.generation;

import java.util.List;

/**
 * A token of a prompt that the output continues.
 *
 * @param logProb natural logarithm of its probability under the model behind those before it
 * @param topLogProbs the likeliest tokens in its place; empty where they were not asked for
 */
public record PromptToken(int tokenId, double logProb, List<TokenScore> topLogProbs) {}
