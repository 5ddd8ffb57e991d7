package dev.triptych.text.step;

import dev.triptych.tensor.Tensor;

/**
 * What a step computed.
 *
 * @param logits raw scores of the next token, float32 {@code [rows, vocabSize]}; valid until the next step
 * @param sourceTokens prompt tokens that were encoded
 * @param paddedTokens positions that the encoder ran over for them, padding included
 * @param encodeNanos time in the encoder
 * @param decodeNanos time in the decoder
 */
public record StepResult(Tensor logits, int sourceTokens, int paddedTokens, long encodeNanos, long decodeNanos) {}
