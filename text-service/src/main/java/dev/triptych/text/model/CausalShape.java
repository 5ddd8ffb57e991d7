package dev.triptych.text.model;

/**
 * Sizes of a decoder-only model that its graph must agree with.
 *
 * @param vocabSize tokens of the vocabulary
 * @param layers layers whose keys and values are cached
 * @param keyValueHeads heads of a layer's keys and values; fewer than of its queries where those share them
 * @param headSize width of a head
 * @param maxPositions the most tokens of prompt and output together
 */
public record CausalShape(int vocabSize, int layers, int keyValueHeads, int headSize, int maxPositions) {}
