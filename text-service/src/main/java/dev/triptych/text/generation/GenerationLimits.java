package dev.triptych.text.generation;

/**
 * What a model accepts.
 *
 * @param vocabSize token ids run from 0 to this minus 1
 * @param maxPromptTokens the longest prompt
 * @param maxNewTokens the most tokens that one sequence may generate
 */
public record GenerationLimits(int vocabSize, int maxPromptTokens, int maxNewTokens) {}
