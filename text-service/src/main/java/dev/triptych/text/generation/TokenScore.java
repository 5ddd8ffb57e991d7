package dev.triptych.text.generation;

/**
 * A token and what the model gave it.
 *
 * @param tokenId which
 * @param logProb natural logarithm of its probability, before any rule
 */
public record TokenScore(int tokenId, double logProb) {}
