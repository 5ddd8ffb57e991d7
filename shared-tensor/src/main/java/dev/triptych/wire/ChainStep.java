package dev.triptych.wire;

import org.jspecify.annotations.Nullable;

/**
 * One step of a {@link ChainItem}.
 *
 * @param call {@link ChainCall#call()}
 * @param model the model's id; absent: the service's choice
 * @param topK how many labels {@code vision.classify} answers; absent: 5
 * @param source language of what {@code text.translate} is given
 * @param target language of what it answers
 * @param strategy decoding strategy; absent: greedy
 */
public record ChainStep(
        String call,
        @Nullable String model,
        @Nullable Integer topK,
        @Nullable String source,
        @Nullable String target,
        @Nullable String strategy) {}
