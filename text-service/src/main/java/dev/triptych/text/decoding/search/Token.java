package dev.triptych.text.decoding.search;

import dev.triptych.text.generation.TokenScore;
import java.util.List;

/**
 * A generated token.
 *
 * @param tokenId which
 * @param logProb its log-prob under the model
 * @param top the likeliest tokens in its place; empty where they are not kept
 */
public record Token(int tokenId, double logProb, List<TokenScore> top) {}
