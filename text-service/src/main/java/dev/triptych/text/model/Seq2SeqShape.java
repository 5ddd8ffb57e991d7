package dev.triptych.text.model;

/**
 * Sizes of an encoder–decoder model that its graphs must agree with.
 *
 * @param vocabSize tokens of the decoder's vocabulary
 * @param hiddenSize width of a hidden state
 * @param decoderLayers layers whose keys and values are cached
 * @param headCount attention heads of a decoder layer
 * @param headSize width of a head; {@code hiddenSize} need not be a multiple of it
 * @param maxPositions the longest input of encoder and of decoder
 */
public record Seq2SeqShape(
        int vocabSize, int hiddenSize, int decoderLayers, int headCount, int headSize, int maxPositions) {}
